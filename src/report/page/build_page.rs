//! The page of a report.

use super::cell::Cell;
use super::column::Column;
use super::curves::{Curve, Curves};
use super::language::PageLanguage;
use super::page_data::{Page, Scatter};
use super::row::Row;
use super::section::{Drawing, Section, SectionBlock};
use super::trial_columns::trial_columns;
use crate::metrics::{Part, Score};
use crate::report::context::ReportContext;
use crate::report::document::blocks::{Block, Document};
use crate::report::formats::export::column_values;
use crate::report::locale::Locale;
use crate::report::results::epoch_frame::{EpochFrame, EpochMetric, TrialEpoch};
use crate::report::results::trial_frame::{PROFILE_SECONDS, score_column, trial_positions};
use crate::report::results::trial_state::TrialRuns;
use crate::report::sections::data;
use crate::report::sections::warnings::warnings;
use crate::spec::Language;
use polars::prelude::*;
use serde_json::Value;
use std::collections::HashMap;

/// Maximum number of curve values in a page; lower-ranked trials have no curves beyond it.
pub(crate) const MAX_CURVE_VALUES: usize = 1_000_000;

/// Makes the page of a report from its context and its document.
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn build_page(context: &ReportContext, document: &Document) -> PolarsResult<Page> {
    let (sweep, plan) = (context.sweep, context.plan);
    let locale = Locale::of(sweep);
    let columns = trial_columns(locale, context);
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
            y: score_column(sweep.options.report.rank_by),
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

fn rows(context: &ReportContext, columns: &[Column]) -> PolarsResult<Vec<Row>> {
    let (plan, frame, analysis) = (context.plan, context.frame, context.analysis);
    let trials = trial_positions(frame)?;
    let ranks = frame.column("rank")?.u32()?;
    let cells: Vec<Vec<Cell>> = columns
        .iter()
        .map(|column| cells(frame.column(&column.key)?))
        .collect::<PolarsResult<_>>()?;
    let mut remaining = MAX_CURVE_VALUES;
    let mut mean_curves = MeanCurves::default();
    let mut rows = Vec::with_capacity(trials.len());
    for (row, &trial) in trials.iter().enumerate() {
        if row % CURVE_CHUNK == 0 && remaining > 0 {
            let chunk = trials.iter().skip(row).take(CURVE_CHUNK);
            mean_curves = MeanCurves::new(context, chunk.copied())?;
        }
        let runs = TrialRuns::count(plan, context.results, trial);
        let curves = mean_curves.take(trial);
        let numbers = curves.as_ref().map_or(0, Curves::values);
        let is_best = analysis.best == Some(trial);
        let is_carried = numbers <= remaining;
        remaining = remaining.saturating_sub(numbers);
        rows.push(Row {
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
        });
    }
    Ok(rows)
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

/// The number of trials whose curves are computed at once: those of a large sweep need much memory, and the page has
/// room for some of them only.
const CURVE_CHUNK: usize = 1000;

/// The mean curves of the finished runs of some trials.
#[derive(Default)]
struct MeanCurves([HashMap<usize, Vec<TrialEpoch>>; 3]);

impl MeanCurves {
    fn new(context: &ReportContext, trials: impl IntoIterator<Item = usize>) -> PolarsResult<Self> {
        let metrics = [
            Part::Training.score(Score::LOSS),
            Part::Validation.score(Score::LOSS),
            Part::Validation.score(Score::ACCURACY),
        ]
        .map(EpochMetric::Score);
        let plan = context.plan;
        let epochs = EpochFrame::new(plan, context.results, trials, &metrics)?;
        let [train_loss, val_loss, val_accuracy] = metrics.map(|metric| epochs.by_trial(metric));
        Ok(Self([train_loss?, val_loss?, val_accuracy?]))
    }

    /// The curves of a trial; `None` if it has no finished runs.
    fn take(&mut self, trial: usize) -> Option<Curves> {
        let [train_loss, val_loss, val_accuracy] =
            self.0.each_mut().map(|curves| curves.remove(&trial));
        Some(Curves {
            train_loss: curve(&train_loss?),
            val_loss: curve(&val_loss?),
            val_accuracy: curve(&val_accuracy?),
        })
    }
}

fn curve(epochs: &[TrialEpoch]) -> Curve {
    if epochs.iter().all(|epoch| epoch.mean.is_none()) {
        return Curve::default();
    }
    Curve {
        mean: epochs.iter().map(|epoch| epoch.mean).collect(),
        deviation: epochs.iter().map(|epoch| epoch.deviation).collect(),
    }
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
