//! The page of a report.

use super::cell::Cell;
use super::column::{Better, Column, Kind};
use super::curves::{Curve, Curves};
use super::language::PageLanguage;
use super::page_data::{Page, Scatter};
use super::row::Row;
use super::section::{Drawing, Section, SectionBlock};
use crate::metrics::EpochMetrics;
use crate::record::RunResult;
use crate::report::analysis::columns::INTERVAL;
use crate::report::context::ReportContext;
use crate::report::document::blocks::{Block, Document};
use crate::report::formats::export::column_values;
use crate::report::locale::Locale;
use crate::report::results::metrics::stops_early;
use crate::report::results::trial_frame::{
    EPOCHS_TO_TARGET, PROFILE_BYTES, PROFILE_SECONDS, score_column, trial_positions,
};
use crate::report::results::trial_state::TrialRuns;
use crate::report::sections::data;
use crate::report::sections::warnings::warnings;
use crate::spec::{Language, RankBy};
use polars::prelude::*;
use serde_json::Value;

/// Maximum number of curve values in a page; lower-ranked trials have no curves beyond it.
pub(crate) const MAX_CURVE_VALUES: usize = 1_000_000;

/// Makes the page of a report from its context and its document.
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn build_page(context: &ReportContext, document: &Document) -> PolarsResult<Page> {
    let (sweep, plan) = (context.sweep, context.plan);
    let locale = Locale::of(sweep);
    let columns = columns(locale, context);
    let has_seconds = context.frame.column(PROFILE_SECONDS)?.null_count() < context.frame.height();
    Ok(Page {
        language: page_language(locale),
        title: plan.name.clone(),
        description: sweep.description.clone(),
        summary: document.summary.clone(),
        overview: warnings(locale, &context.remarks.warnings)
            .into_iter()
            .chain(data::sentence(locale, plan))
            .chain(data::notes(locale, &context.remarks.notes))
            .collect(),
        generated_by: concat!("tp-sweep ", env!("CARGO_PKG_VERSION")).to_owned(),
        rows: rows(context, &columns)?,
        columns,
        tied_ranks: context.analysis.tied_ranks,
        scatter: (plan.is_validated() && has_seconds).then(|| Scatter {
            x: PROFILE_SECONDS.to_owned(),
            y: score_column(sweep.options.report.rank_by).to_owned(),
        }),
        sections: sections(document, TableOfTrials::First),
    })
}

/// The language of a page.
pub(crate) fn page_language(locale: Locale) -> PageLanguage {
    match locale.language {
        Language::English => PageLanguage::En,
        Language::French => PageLanguage::Fr,
    }
}

fn columns(locale: Locale, context: &ReportContext) -> Vec<Column> {
    let (sweep, plan) = (context.sweep, context.plan);
    let validated = plan.is_validated();
    let mut columns: Vec<Column> = Vec::new();
    for factor in &plan.columns {
        let mut column = Column::new(
            format!("param_{}", factor.name),
            &factor.short_name,
            Kind::Factor,
        );
        column.tooltip.clone_from(&factor.name);
        let of_sweep = sweep
            .factors
            .iter()
            .find(|of_sweep| of_sweep.name == factor.name);
        // Text levels keep the order of the sweep; the page sorts numbers.
        let levels = of_sweep.map(|factor| factor.levels.iter().map(|level| level.label.as_str()));
        let levels: Vec<&str> = levels.into_iter().flatten().collect();
        if levels.iter().any(|level| level.parse::<f64>().is_err()) {
            column.levels = levels.into_iter().map(Cell::from).collect();
        }
        columns.push(column);
    }
    let mut add = |key: &str, label: &str, kind: Kind, better: Better, shown: bool| {
        columns.push(Column {
            better,
            shown,
            ..Column::new(key, label, kind)
        });
    };
    let (high, low, none) = (Better::High, Better::Low, Better::None);
    if validated {
        let label = locale.tr("val accuracy", "exactitude val.");
        add("mean_val_accuracy", label, Kind::Percent, high, true);
        add(
            "mean_val_loss",
            locale.tr("val loss", "perte val."),
            Kind::Number,
            low,
            true,
        );
        let by_accuracy = sweep.options.report.rank_by == RankBy::Accuracy;
        let kind = if by_accuracy {
            Kind::Percent
        } else {
            Kind::Number
        };
        add(
            INTERVAL[0],
            locale.tr("95 % from", "95 % de"),
            kind,
            none,
            false,
        );
        add(
            INTERVAL[1],
            locale.tr("95 % to", "95 % à"),
            kind,
            none,
            false,
        );
        add(
            "p_against_best",
            locale.tr("p vs best", "p face au meilleur"),
            Kind::Number,
            none,
            false,
        );
        let label = locale.tr("val macro F1", "macro-F1 val.");
        add("mean_val_macro_f1", label, Kind::Percent, high, false);
        add(
            "mean_gap",
            locale.tr("gap", "écart"),
            Kind::Number,
            none,
            false,
        );
    }
    let label = locale.tr("test accuracy", "exactitude test");
    add("mean_test_accuracy", label, Kind::Percent, high, true);
    let label = locale.tr("test loss", "perte test");
    add("mean_test_loss", label, Kind::Number, low, false);
    let label = locale.tr("train loss", "perte entr.");
    add("mean_train_loss", label, Kind::Number, low, false);
    if sweep.options.report.target_accuracy.is_some() {
        let label = locale.tr("epochs to target", "époques jusqu’au seuil");
        add(EPOCHS_TO_TARGET, label, Kind::Count, low, true);
    }
    if stops_early(plan) {
        let label = locale.tr("final epoch", "époque finale");
        add("mean_final_epoch", label, Kind::Count, none, false);
    }
    add(
        PROFILE_SECONDS,
        locale.tr("s/epoch", "s/époque"),
        Kind::Seconds,
        low,
        true,
    );
    let label = locale.tr("peak memory", "pic de mémoire");
    add(PROFILE_BYTES, label, Kind::Bytes, low, true);
    add(
        "parameters",
        locale.tr("parameters", "paramètres"),
        Kind::Count,
        low,
        true,
    );
    for column in &mut columns {
        let deviation = column.key.replacen("mean_", "std_", 1);
        let exists = deviation != column.key && context.frame.column(&deviation).is_ok();
        column.deviation = exists.then_some(deviation);
    }
    // The standard deviations are hidden columns.
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

fn rows(context: &ReportContext, columns: &[Column]) -> PolarsResult<Vec<Row>> {
    let (plan, frame, analysis) = (context.plan, context.frame, context.analysis);
    let trials = trial_positions(frame)?;
    let ranks = frame.column("rank")?.u32()?;
    let cells: Vec<Vec<Cell>> = columns
        .iter()
        .map(|column| cells(frame.column(&column.key)?))
        .collect::<PolarsResult<_>>()?;
    let mut remaining = MAX_CURVE_VALUES;
    let row = |(row, &trial): (usize, &usize)| {
        let runs = TrialRuns::count(plan, context.results, trial);
        let curves = curves(context, trial);
        let numbers = curves.as_ref().map_or(0, Curves::values);
        let is_best = analysis.best == Some(trial);
        let is_carried = numbers <= remaining;
        remaining = remaining.saturating_sub(numbers);
        Row {
            rank: ranks.get(row),
            state: runs.state(),
            reason: runs.first_failure,
            best: is_best,
            chosen: analysis.chosen == Some(trial) && !is_best,
            not_distinguishable: analysis.differs_from_best(trial) == Some(false),
            worse: analysis.differs_from_best(trial) == Some(true),
            pareto: analysis.on_pareto_front[trial] == Some(true),
            values: cells.iter().map(|column| column[row].clone()).collect(),
            curves: curves.filter(|_| is_carried),
            ..Row::new(&plan.trials[trial].name)
        }
    };
    Ok(trials.iter().enumerate().map(row).collect())
}

fn cells(column: &polars::prelude::Column) -> PolarsResult<Vec<Cell>> {
    let cell = |value: &Value| match value {
        Value::Bool(flag) => Cell::Flag(*flag),
        Value::Number(number) => Cell::from(number.as_f64()),
        Value::String(text) => Cell::from(text.as_str()),
        _ => Cell::Missing,
    };
    Ok(column_values(column)?.iter().map(cell).collect())
}

/// The mean curves of a trial's finished runs; `None` if there are none.
fn curves(context: &ReportContext, trial: usize) -> Option<Curves> {
    let runs = context
        .plan
        .runs_of(trial)
        .filter_map(|run| context.results.finished(run));
    let runs: Vec<&RunResult> = runs.collect();
    let epochs = runs.iter().map(|run| run.epochs.len()).max()?;
    let curve = |metric: fn(&EpochMetrics) -> Option<f64>| {
        let mut curve = Curve::default();
        for index in 0..epochs {
            let values = runs.iter().filter_map(|run| metric(run.epochs.get(index)?));
            let values: Vec<f64> = values.collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            curve.mean.push((!values.is_empty()).then_some(mean));
            curve
                .deviation
                .push(statistics::sample_deviation(&values, mean));
        }
        if curve.mean.iter().all(Option::is_none) {
            Curve::default()
        } else {
            curve
        }
    };
    Some(Curves {
        train_loss: curve(|epoch| Some(epoch.train_loss)),
        val_loss: curve(|epoch| epoch.val_loss),
        val_accuracy: curve(|epoch| epoch.val_accuracy),
    })
}

/// Where the document has the table of trials, which the page replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableOfTrials {
    /// In its first section.
    First,
    /// Nowhere.
    Nowhere,
}

/// The document's sections, without the table of trials.
pub(crate) fn sections(document: &Document, trials: TableOfTrials) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut is_ranking = false;
    for block in &document.blocks {
        if let Block::Heading(2, title) = block {
            is_ranking = sections.is_empty() && trials == TableOfTrials::First;
            sections.push(Section {
                title: title.clone(),
                blocks: Vec::new(),
            });
            continue;
        }
        // The page's header replaces the blocks before the first heading.
        let Some(section) = sections.last_mut() else {
            continue;
        };
        section.blocks.extend(match block {
            Block::Heading(_, title) => Some(SectionBlock::Heading(title.clone())),
            Block::Paragraph(text) => Some(SectionBlock::Paragraph(text.clone())),
            Block::List(items) => Some(SectionBlock::List(items.clone())),
            Block::Table(_) if is_ranking => None,
            Block::Table(table) => Some(SectionBlock::Table(table.clone())),
            Block::Figure(figure) => Some(SectionBlock::Figure(Drawing {
                svg: figure.svg.clone(),
                caption: figure.caption.clone(),
            })),
            Block::Yaml(text) => Some(SectionBlock::Code(text.clone())),
        });
    }
    sections
}
