//! The effect of each factor: the mean of each level over all other factors.

use crate::plan::{ParameterColumn as Factor, Plan};
use crate::report::context::ReportContext;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::figures::{Plotter, main_effects};
use crate::report::locale::{Locale, missing};
use crate::report::results::aggregate;
use crate::report::results::trial_frame::{number_at, trial_positions};
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
    let metrics = [
        "mean_val_accuracy",
        "mean_val_loss",
        "mean_val_macro_f1",
        "mean_test_accuracy",
        "mean_test_macro_f1",
        "mean_train_loss",
        "mean_gap",
        "profile_seconds_per_epoch",
    ];
    let locale = Locale::of(sweep);
    let means = aggregate::means(&frame, "level", &metrics)?;
    let deviations = aggregate::deviations(&frame, "level", &metrics)?;
    let best = aggregate::maxima(&frame, "level", &metrics)?;
    let counts = aggregate::counts(&frame, "level")?;
    let validated = means.column("mean_mean_val_accuracy")?.null_count() < means.height();
    let mut table = Table::new(header(locale, &factor.short_name, validated));
    for (row, count) in counts.iter().enumerate() {
        let mean = |metric: &str| number_at(&means, &format!("mean_{metric}"), row);
        let deviation = |metric: &str| number_at(&deviations, &format!("std_{metric}"), row);
        let level = means.column("level")?.str()?.get(row);
        let level = level.map_or_else(missing, str::to_owned);
        let mut cells = vec![level, count.to_string()];
        if validated {
            cells.push(locale.percent_with_deviation(
                mean("mean_val_accuracy")?,
                deviation("mean_val_accuracy")?,
            ));
            cells.push(locale.percent(number_at(&best, "max_mean_val_accuracy", row)?));
        }
        cells.push(locale.percent(mean("mean_test_accuracy")?));
        cells.push(locale.percent(mean(if validated {
            "mean_val_macro_f1"
        } else {
            "mean_test_macro_f1"
        })?));
        cells.push(locale.four_decimals(mean("mean_train_loss")?));
        if validated {
            cells.push(locale.four_decimals(mean("mean_val_loss")?));
            cells.push(locale.difference(mean("mean_gap")?));
        }
        cells.push(locale.seconds(mean("profile_seconds_per_epoch")?));
        table.row(cells);
    }
    let is_unbalanced = counts.iter().any(|count| *count != counts[0]);
    Ok(Some(Marginal {
        table,
        is_unbalanced,
    }))
}

fn header(locale: Locale, factor: &str, validated: bool) -> Vec<(String, Align)> {
    let mut columns = vec![(factor.to_owned(), Align::Left)];
    let mut numbers = vec![locale.tr("trials", "essais")];
    if validated {
        numbers.push(locale.tr("val acc %", "exact. val. %"));
        numbers.push(locale.tr("best val acc %", "meilleure exact. val. %"));
    }
    numbers.push(locale.tr("test acc %", "exact. test %"));
    numbers.push(if validated {
        locale.tr("val macro F1 %", "macro-F1 val. %")
    } else {
        locale.tr("test macro F1 %", "macro-F1 test %")
    });
    numbers.push(locale.tr("train loss", "perte entr."));
    if validated {
        numbers.push(locale.tr("val loss", "perte val."));
        numbers.push(locale.tr("gap", "écart"));
    }
    numbers.push(locale.tr("s/epoch", "s/époque"));
    let numbers = numbers.into_iter();
    columns.extend(numbers.map(|name| (name.to_owned(), Align::Right)));
    columns
}
