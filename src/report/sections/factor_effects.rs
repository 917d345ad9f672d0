//! The effect of each factor: the mean of each level over all other factors.

use crate::metrics::{Part, PartScore, Score};
use crate::plan::{ParameterColumn as Factor, Plan};
use crate::report::context::ReportContext;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::figures::{Plotter, main_effects};
use crate::report::locale::{Locale, missing};
use crate::report::results::aggregate;
use crate::report::results::metrics::GAP;
use crate::report::results::trial_frame::{
    PROFILE_SECONDS, deviation_of, mean_column, mean_of, number_at, trial_positions,
};
use crate::report::results::trial_state::{TrialRuns, TrialState};
use crate::spec::Sweep;
use crate::spec::short_text;
use polars::prelude::*;

/// Adds the effects as a figure and as tables.
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn add_factor_effects(
    document: &mut Document,
    locale: Locale,
    context: &ReportContext,
    plotter: &Plotter,
) -> PolarsResult<()> {
    let ReportContext {
        sweep,
        plan,
        results,
        frame,
        ..
    } = *context;
    let finished =
        |trial: usize| TrialRuns::count(plan, results, trial).state() == TrialState::Finished;
    if !plan.columns.is_empty() && (0..plan.trials.len()).any(finished) {
        document.section(locale.tr("Effect of each factor", "Effet de chaque facteur"));
        document.paragraph(locale.tr(
            "The mean of each level over the trials of the grid that have it, and so over all \
             other factors. ± is the sample standard deviation across these trials.",
            "La moyenne de chaque niveau sur les essais de la grille qui l’ont, donc sur tous les \
             autres facteurs. ± est l’écart-type d’échantillon entre ces essais.",
        ));
        document.figure(main_effects(plotter));
    }
    for factor in &plan.columns {
        if let Some(marginal) = marginal(sweep, plan, factor, frame)? {
            document.subsection(&factor.name);
            document.table(marginal.table);
            if marginal.is_unbalanced {
                document.paragraph(locale.tr(
                    "The levels occur in different numbers of trials and with different levels of \
                     the other factors, which can explain part of the differences.",
                    "Les niveaux figurent dans des nombres d’essais différents et avec d’autres \
                     niveaux des autres facteurs, ce qui peut expliquer une partie des \
                     différences.",
                ));
            }
        }
    }
    Ok(())
}

/// The effect of one factor.
struct Marginal {
    /// One row for each level, in the order of the plan.
    table: Table,
    /// Whether the levels occur in different numbers of trials, so that their means are over
    /// different combinations of the other factors.
    is_unbalanced: bool,
}

/// The effect of one factor over the finished trials of the grid; `None` if no trial has finished,
/// or none has a level of the factor. `frame` is that of
/// [`crate::report::results::trial_frame::trial_frame`].
///
/// # Errors
/// A column of the frame is missing.
fn marginal(
    sweep: &Sweep,
    plan: &Plan,
    factor: &Factor,
    frame: &DataFrame,
) -> PolarsResult<Option<Marginal>> {
    let finished: BooleanChunked = frame
        .column("status")?
        .str()?
        .iter()
        .zip(frame.column("position")?.u32()?.iter())
        .map(|(status, position)| {
            let is_outside_grid = |position: u32| plan.trials[position as usize].included.is_some();
            Some(status == Some("finished") && !position.is_some_and(is_outside_grid))
        })
        .collect();
    let mut frame = frame
        .filter(&finished)?
        .sort(["position"], SortMultipleOptions::default())?;
    if frame.height() == 0 {
        return Ok(None);
    }
    // `None` if the trial does not have the factor: a group of its own, whatever the levels are
    // called.
    let levels: Vec<Option<String>> = trial_positions(&frame)?
        .into_iter()
        .map(|trial| plan.trials[trial].value(sweep, factor))
        .map(|value| value.as_ref().map(short_text))
        .collect();
    // A key that only additional trials (`include`) set has no level in the grid.
    if levels.iter().all(Option::is_none) {
        return Ok(None);
    }
    frame.with_column(Column::new("level".into(), levels))?;
    let locale = Locale::of(sweep);
    let validated = plan.is_validated();
    let shown = shown_columns(sweep, validated);
    let mut metrics: Vec<String> = shown.iter().map(Shown::column).collect();
    metrics.sort_unstable();
    metrics.dedup();
    let metrics: Vec<&str> = metrics.iter().map(String::as_str).collect();
    let means = aggregate::means(&frame, &["level"], &metrics)?;
    let deviations = aggregate::deviations(&frame, &["level"], &metrics)?;
    let best = aggregate::maxima(&frame, &["level"], &metrics)?;
    let counts = aggregate::counts(&frame, "level")?;
    let headers = shown
        .iter()
        .map(|column| (column.header(locale), Align::Right));
    let columns = [
        (factor.short_name.clone(), Align::Left),
        (locale.tr("trials", "essais").to_owned(), Align::Right),
    ];
    let mut table = Table::new(columns.into_iter().chain(headers));
    for (row, count) in counts.iter().enumerate() {
        let level = means.column("level")?.str()?.get(row);
        let level = level.map_or_else(missing, str::to_owned);
        let mut cells = vec![level, count.to_string()];
        for column in &shown {
            let name = column.column();
            let mean = number_at(&means, &mean_of(&name), row)?;
            cells.push(match column {
                Shown::ScoreWithDeviation(score) => {
                    let deviation = number_at(&deviations, &deviation_of(&name), row)?;
                    locale.score_with_deviation(score.score, mean, deviation)
                }
                Shown::Best(score) => {
                    locale.score(score.score, number_at(&best, &format!("max_{name}"), row)?)
                }
                Shown::Score(score) => locale.score(score.score, mean),
                Shown::Gap => locale.difference(mean),
                Shown::Seconds => locale.seconds(mean),
            });
        }
        table.row(cells);
    }
    let is_unbalanced = counts.iter().any(|count| *count != counts[0]);
    Ok(Some(Marginal {
        table,
        is_unbalanced,
    }))
}

/// A column of the table.
enum Shown {
    /// The mean score with its standard deviation across trials.
    ScoreWithDeviation(PartScore),
    /// The best mean score of a trial.
    Best(PartScore),
    /// The mean score.
    Score(PartScore),
    /// The mean generalisation gap.
    Gap,
    /// The mean time of an epoch.
    Seconds,
}

impl Shown {
    /// The column of the frame of trials.
    fn column(&self) -> String {
        match *self {
            Self::ScoreWithDeviation(score) | Self::Best(score) | Self::Score(score) => {
                mean_column(score)
            }
            Self::Gap => mean_of(GAP),
            Self::Seconds => PROFILE_SECONDS.to_owned(),
        }
    }

    fn header(&self, locale: Locale) -> String {
        match *self {
            Self::ScoreWithDeviation(score) | Self::Score(score) => locale.score_header(score),
            Self::Best(score) => {
                let header = locale.score_header(score);
                format!("{} {header}", locale.tr("best", "meilleure"))
            }
            Self::Gap => locale.tr("gap", "écart").to_owned(),
            Self::Seconds => locale.tr("s/epoch", "s/époque").to_owned(),
        }
    }
}

/// The columns of the table, in reading order.
fn shown_columns(sweep: &Sweep, validated: bool) -> Vec<Shown> {
    let mut shown = Vec::new();
    let accuracy = Part::Validation.score(Score::ACCURACY);
    let part = if validated {
        shown.extend([Shown::ScoreWithDeviation(accuracy), Shown::Best(accuracy)]);
        Part::Validation
    } else {
        Part::Test
    };
    shown.push(Shown::Score(Part::Test.score(Score::ACCURACY)));
    shown.push(Shown::Score(part.score(Score::MACRO_F1)));
    let further = sweep.options.report.further_scores();
    shown.extend(further.map(|score| Shown::Score(part.score(score))));
    shown.push(Shown::Score(Part::Training.score(Score::LOSS)));
    if validated {
        shown.push(Shown::Score(Part::Validation.score(Score::LOSS)));
        shown.push(Shown::Gap);
    }
    shown.push(Shown::Seconds);
    shown
}
