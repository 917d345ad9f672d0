//! A report as one HTML page.

use super::{
    Better, Cell, Column, Curve, Curves, Kind, Language as PageLanguage, Page, Progress, Row,
    Scatter, Section,
};
use crate::metrics::EpochMetrics;
use crate::record::RunResult;
use crate::report::document::blocks::{Block, Document};
use crate::report::locale::Locale;
use crate::report::page;
use crate::report::results::frame::{EPOCHS_TO_TARGET, INTERVAL, score_column, trial_positions};
use crate::report::results::metric::stops_early;
use crate::report::results::status::TrialState;
use crate::report::sections::contents::ReportContext;
use crate::report::sections::data;
use crate::report::sections::overview::overview;
use crate::report::sections::warnings::warnings;
use crate::spec::{Language, RankBy};
use polars::prelude::*;
use serde_json::Value;
use statistics::Direction;

/// Numbers of learning curves that a page carries; trials further down the ranking have none then.
const MOST_CURVE_NUMBERS: usize = 1_000_000;

/// What the page's charts call the seconds of an epoch.
const SECONDS: &str = "profile_seconds_per_epoch";

/// The page of a report whose document is `document`.
///
/// # Errors
/// A frame without the columns of [`crate::report::results::frame::trials`].
pub(crate) fn page(material: &ReportContext, document: &Document) -> PolarsResult<Page> {
    let (sweep, plan) = (material.sweep, material.plan);
    let words = Locale::of(sweep);
    let columns = columns(words, material);
    let has_seconds = material.frame.column(SECONDS)?.null_count() < material.frame.height();
    Ok(Page {
        language: match words.language {
            Language::English => PageLanguage::En,
            Language::French => PageLanguage::Fr,
        },
        title: plan.name.clone(),
        description: sweep.description.clone(),
        overview: std::iter::once(overview(words, plan, material.results))
            .chain(warnings(words, &material.remarks.warnings))
            .chain(data::sentence(words, plan))
            .chain(data::notes(words, &material.remarks.notes))
            .collect(),
        generated_by: concat!("tp-sweep ", env!("CARGO_PKG_VERSION")).to_owned(),
        rows: rows(material, &columns)?,
        columns,
        scatter: (plan.is_validated() && has_seconds).then(|| Scatter {
            across: SECONDS.to_owned(),
            up: score_column(sweep.report.rank_by).to_owned(),
        }),
        sections: sections(document),
    })
}

fn columns(words: Locale, material: &ReportContext) -> Vec<Column> {
    let (sweep, plan) = (material.sweep, material.plan);
    let validated = plan.is_validated();
    let mut columns: Vec<Column> = Vec::new();
    for factor in &plan.columns {
        let mut column = Column::new(
            format!("param_{}", factor.name),
            &factor.short,
            Kind::Factor,
        );
        column.tooltip.clone_from(&factor.name);
        let of_sweep = sweep.factors.iter().find(|own| own.name == factor.name);
        // Names in the order of the sweep; numbers sort themselves.
        let levels = of_sweep.map(|own| own.levels.iter().map(|level| level.label.as_str()));
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
        let label = words.pick("val accuracy", "exactitude val.");
        add("mean_val_accuracy", label, Kind::Percent, high, true);
        add(
            "mean_val_loss",
            words.pick("val loss", "perte val."),
            Kind::Number,
            low,
            true,
        );
        let by_accuracy = sweep.report.rank_by == RankBy::Accuracy;
        let kind = if by_accuracy {
            Kind::Percent
        } else {
            Kind::Number
        };
        add(
            INTERVAL[0],
            words.pick("95 % from", "95 % de"),
            kind,
            none,
            false,
        );
        add(
            INTERVAL[1],
            words.pick("95 % to", "95 % à"),
            kind,
            none,
            false,
        );
        add(
            "p_against_best",
            words.pick("p against best", "p face au meilleur"),
            Kind::Number,
            none,
            false,
        );
        let label = words.pick("val macro F1", "macro-F1 val.");
        add("mean_val_macro_f1", label, Kind::Percent, high, false);
        add(
            "mean_gap",
            words.pick("gap", "écart"),
            Kind::Number,
            none,
            false,
        );
    }
    let label = words.pick("test accuracy", "exactitude test");
    add("mean_test_accuracy", label, Kind::Percent, high, true);
    let label = words.pick("test loss", "perte test");
    add("mean_test_loss", label, Kind::Number, low, false);
    let label = words.pick("train loss", "perte entr.");
    add("mean_train_loss", label, Kind::Number, low, false);
    if sweep.report.target_accuracy.is_some() {
        let label = words.pick("epochs to target", "époques jusqu’au seuil");
        add(EPOCHS_TO_TARGET, label, Kind::Count, low, true);
    }
    if stops_early(plan) {
        let label = words.pick("final epoch", "époque finale");
        add("mean_final_epoch", label, Kind::Count, none, false);
    }
    add(
        SECONDS,
        words.pick("s/epoch", "s/époque"),
        Kind::Seconds,
        low,
        true,
    );
    let label = words.pick("peak memory", "pic de mémoire");
    add("profile_peak_bytes", label, Kind::Bytes, low, true);
    add(
        "parameters",
        words.pick("parameters", "paramètres"),
        Kind::Count,
        low,
        true,
    );
    for column in &mut columns {
        let deviation = column.key.replacen("mean_", "std_", 1);
        let is_there = deviation != column.key && material.frame.column(&deviation).is_ok();
        column.deviation = is_there.then_some(deviation);
    }
    // What stands behind ± is a column too, and not shown by itself.
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

fn rows(material: &ReportContext, columns: &[Column]) -> PolarsResult<Vec<Row>> {
    let (plan, frame, analysis) = (material.plan, material.frame, material.analysis);
    let trials = trial_positions(frame)?;
    let ranks = frame.column("rank")?.u32()?;
    let cells: Vec<Vec<Cell>> = columns
        .iter()
        .map(|column| cells(frame.column(&column.key)?))
        .collect::<PolarsResult<_>>()?;
    let front = front(material, &trials)?;
    let mut left = MOST_CURVE_NUMBERS;
    let row = |(row, &trial): (usize, &usize)| {
        let status = TrialState::of(plan, material.results, trial);
        let curves = curves(material, trial);
        let numbers = curves.as_ref().map_or(0, |curves| {
            let all = [&curves.train_loss, &curves.val_loss, &curves.val_accuracy];
            all.iter()
                .map(|curve| curve.mean.len() + curve.deviation.len())
                .sum()
        });
        let is_best = analysis.best == Some(trial);
        let is_carried = numbers <= left;
        left = left.saturating_sub(numbers);
        Row {
            rank: ranks.get(row),
            progress: match status.word() {
                "finished" => Progress::Finished,
                "failed" => Progress::Failed,
                _ => Progress::Incomplete,
            },
            reason: status.reason,
            best: is_best,
            chosen: analysis.chosen == Some(trial) && !is_best,
            not_distinguishable: analysis.differs(trial) == Some(false),
            pareto: front[row],
            values: cells.iter().map(|column| column[row].clone()).collect(),
            curves: curves.filter(|_| is_carried),
            ..Row::new(&plan.trials[trial].name)
        }
    };
    Ok(trials.iter().enumerate().map(row).collect())
}

/// Which rows no other beats in score and seconds.
fn front(material: &ReportContext, trials: &[usize]) -> PolarsResult<Vec<bool>> {
    let rank_by = material.sweep.report.rank_by;
    let seconds = material.frame.column(SECONDS)?.f64()?;
    let point = |(row, &trial): (usize, &usize)| {
        [material.analysis.mean(trial), seconds.get(row)].map(|value| value.unwrap_or(f64::NAN))
    };
    let points: Vec<[f64; 2]> = trials.iter().enumerate().map(point).collect();
    let objectives = [
        crate::report::analysis::conclusions::direction(rank_by),
        Direction::Minimise,
    ];
    let mut front = vec![false; trials.len()];
    // Every point has two values: there is no error.
    for row in statistics::pareto_front(&objectives, &points).unwrap_or_default() {
        front[row] = true;
    }
    Ok(front)
}

fn cells(column: &polars::prelude::Column) -> PolarsResult<Vec<Cell>> {
    let cell = |value: &Value| match value {
        Value::Bool(flag) => Cell::Flag(*flag),
        Value::Number(number) => Cell::from(number.as_f64()),
        Value::String(text) => Cell::from(text.as_str()),
        _ => Cell::Missing,
    };
    Ok(crate::report::formats::export::values(column)?
        .iter()
        .map(cell)
        .collect())
}

/// The mean curves of a trial's finished runs.
fn curves(material: &ReportContext, trial: usize) -> Option<Curves> {
    let runs = material
        .plan
        .runs_of(trial)
        .filter_map(|run| material.results.finished(run));
    let runs: Vec<&RunResult> = runs.collect();
    let epochs = runs.iter().map(|run| run.epochs.len()).max()?;
    let curve = |of: fn(&EpochMetrics) -> Option<f64>| {
        let mut curve = Curve::default();
        for index in 0..epochs {
            let values = runs.iter().filter_map(|run| of(run.epochs.get(index)?));
            let values: Vec<f64> = values.collect();
            let count = values.len() as f64;
            let mean = values.iter().sum::<f64>() / count;
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            curve.mean.push((!values.is_empty()).then_some(mean));
            let is_spread = values.len() > 1;
            curve
                .deviation
                .push(is_spread.then(|| (squares / (count - 1.0)).sqrt()));
        }
        match curve.mean.iter().all(Option::is_none) {
            true => Curve::default(),
            false => curve,
        }
    };
    Some(Curves {
        train_loss: curve(|epoch| Some(epoch.train_loss)),
        val_loss: curve(|epoch| epoch.val_loss),
        val_accuracy: curve(|epoch| epoch.val_accuracy),
    })
}

/// The document's sections, without the ranking's table, which the page has as its own.
fn sections(document: &Document) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut is_ranking = false;
    for block in &document.blocks {
        if let Block::Heading(2, title) = block {
            is_ranking = sections.is_empty();
            sections.push(Section {
                title: title.clone(),
                blocks: Vec::new(),
            });
            continue;
        }
        // What stands above the first heading is the page's own head.
        let Some(section) = sections.last_mut() else {
            continue;
        };
        section.blocks.extend(match block {
            Block::Heading(_, title) => Some(page::Block::Heading(title.clone())),
            Block::Paragraph(text) => Some(page::Block::Paragraph(text.clone())),
            Block::List(items) => Some(page::Block::List(items.clone())),
            Block::Table(_) if is_ranking => None,
            Block::Table(table) => Some(page::Block::Table(table.clone())),
            Block::Figure(figure) => Some(page::Block::Figure(page::Figure {
                svg: figure.svg.clone(),
                caption: figure.caption.clone(),
            })),
            Block::Yaml(text) => Some(page::Block::Code(text.clone())),
        });
    }
    sections
}
