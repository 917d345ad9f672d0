//! The columns of the table of trials.

use super::cell::Cell;
use super::column::{Better, Column, Kind};
use crate::metrics::{Part, PartScore, Score, ScoreUnit};
use crate::plan::ParameterColumn;
use crate::report::analysis::columns::{INTERVAL, P_AGAINST_BEST};
use crate::report::context::ReportContext;
use crate::report::locale::Locale;
use crate::report::results::metrics::{FINAL_EPOCH, GAP, stops_early};
use crate::report::results::trial_frame::{
    EPOCHS_TO_TARGET, PARAMETERS, PROFILE_BYTES, PROFILE_SECONDS, mean_column, mean_of,
};
use crate::spec::Sweep;
use statistics::Direction;

/// The factors and metrics of a sweep, in reading order; standard deviations follow as hidden columns.
pub(super) fn trial_columns(locale: Locale, context: &ReportContext) -> Vec<Column> {
    let factors = context.plan.columns.iter();
    let mut columns: Vec<Column> = factors
        .map(|factor| factor_column(context.sweep, factor))
        .collect();
    columns.extend(metric_columns(locale, context));
    for column in &mut columns {
        let deviation = column.key.replacen("mean_", "std_", 1);
        let exists = deviation != column.key && context.frame.column(&deviation).is_ok();
        column.deviation = exists.then_some(deviation);
    }
    let deviations = columns.iter().filter_map(|column| {
        let deviation = column.deviation.clone()?;
        let label = format!("± {}", column.label);
        Some(Column {
            shown: false,
            ..Column::new(deviation, label, column.kind)
        })
    });
    let deviations: Vec<Column> = deviations.collect();
    columns.extend(deviations);
    columns
}

fn factor_column(sweep: &Sweep, factor: &ParameterColumn) -> Column {
    let mut column = Column::new(
        format!("param_{}", factor.name),
        &factor.short_name,
        Kind::Factor,
    );
    column.tooltip.clone_from(&factor.name);
    let mut of_sweep = sweep.factors.iter();
    let of_sweep = of_sweep.find(|of_sweep| of_sweep.name == factor.name);
    // Text levels keep the order of the sweep; the page sorts numbers.
    let levels = of_sweep.map(|factor| factor.levels.iter().map(|level| level.label.as_str()));
    let levels: Vec<&str> = levels.into_iter().flatten().collect();
    if levels.iter().any(|level| level.parse::<f64>().is_err()) {
        column.levels = levels.into_iter().map(Cell::from).collect();
    }
    column
}

fn metric_columns(locale: Locale, context: &ReportContext) -> Vec<Column> {
    let report = &context.sweep.options.report;
    let score = |score: PartScore, shown: bool| Column {
        better: better(score.score),
        shown,
        ..Column::new(
            mean_column(score),
            locale.column_label(score),
            score_kind(score.score),
        )
    };
    let column = |key: &str, english: &str, french: &str, kind: Kind| {
        Column::new(key, locale.tr(english, french), kind)
    };
    let further: Vec<Score> = report.further_scores().collect();
    let mut columns = Vec::new();
    if context.plan.is_validated() {
        let interval_kind = score_kind(report.rank_by);
        columns.extend(
            [Score::ACCURACY, Score::LOSS].map(|of| score(Part::Validation.score(of), true)),
        );
        columns.extend(
            further
                .iter()
                .map(|&of| score(Part::Validation.score(of), true)),
        );
        columns.extend([
            column(INTERVAL[0], "95 % from", "95 % de", interval_kind).hidden(),
            column(INTERVAL[1], "95 % to", "95 % à", interval_kind).hidden(),
            column(
                P_AGAINST_BEST,
                "p vs best",
                "p face au meilleur",
                Kind::Number,
            )
            .hidden(),
            score(Part::Validation.score(Score::MACRO_F1), false),
            column(&mean_of(GAP), "gap", "écart", Kind::Number).hidden(),
        ]);
    }
    columns.push(score(Part::Test.score(Score::ACCURACY), true));
    columns.extend(further.iter().map(|&of| score(Part::Test.score(of), false)));
    columns.push(score(Part::Test.score(Score::LOSS), false));
    columns.push(Column {
        label: locale.tr("train loss", "perte entr.").to_owned(),
        ..score(Part::Training.score(Score::LOSS), false)
    });
    if report.target_accuracy.is_some() {
        let (english, french) = ("epochs to target", "époques jusqu’au seuil");
        columns.push(column(EPOCHS_TO_TARGET, english, french, Kind::Count).low());
    }
    if stops_early(context.plan) {
        let key = mean_of(FINAL_EPOCH);
        columns.push(column(&key, "final epoch", "époque finale", Kind::Count).hidden());
    }
    columns.extend([
        column(PROFILE_SECONDS, "s/epoch", "s/époque", Kind::Seconds).low(),
        column(PROFILE_BYTES, "peak memory", "pic de mémoire", Kind::Bytes).low(),
        column(PARAMETERS, "parameters", "paramètres", Kind::Count).low(),
    ]);
    columns
}

fn better(score: Score) -> Better {
    match score.direction {
        Direction::Maximise => Better::High,
        Direction::Minimise => Better::Low,
    }
}

fn score_kind(score: Score) -> Kind {
    match score.unit {
        ScoreUnit::Percent => Kind::Percent,
        ScoreUnit::Number => Kind::Number,
    }
}
