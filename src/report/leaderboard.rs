//! The ranking of trials.

use super::frame::Status;
use super::number::{four_decimals, mebibytes, percent_with_deviation, seconds};
use super::table::{Align, Table};
use crate::plan::{Plan, plural};
use crate::record::Results;
use crate::spec::Sweep;
use polars::prelude::*;

/// Trials that the Markdown table lists; the CSV has all.
const LISTED: usize = 200;

/// How much of the ranking a table tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// All columns, for a file.
    Full,
    /// Scores and speed, for a terminal.
    Brief,
}

/// The ranking as a table; `frame` is that of [`super::frame::trials`].
///
/// # Errors
/// A frame without the columns of that function.
pub(super) fn leaderboard(
    sweep: &Sweep,
    plan: &Plan,
    results: &Results,
    frame: &DataFrame,
    detail: Detail,
) -> PolarsResult<Table> {
    let validated = plan.is_validated();
    let mut columns = vec![("rank".to_owned(), Align::Right)];
    columns.extend(plan.columns.iter().map(|c| (c.short.clone(), Align::Left)));
    if plan.columns.is_empty() {
        columns.push(("trial".to_owned(), Align::Left));
    }
    let all = [
        ("val acc %", validated, true),
        ("test acc %", true, true),
        ("train loss", true, false),
        ("val loss", validated, false),
        ("s/epoch", true, true),
        ("peak MiB", true, false),
        ("parameters", true, false),
    ];
    let shown = all
        .iter()
        .filter(|(_, known, brief)| *known && (*brief || detail == Detail::Full));
    let metrics: Vec<&str> = shown.map(|(name, _, _)| *name).collect();
    columns.extend(
        metrics
            .iter()
            .map(|name| ((*name).to_owned(), Align::Right)),
    );
    columns.push(("status".to_owned(), Align::Left));
    let mut table = Table::new(columns);
    let number = |name: &str, row: usize| -> PolarsResult<Option<f64>> {
        Ok(frame.column(name)?.f64()?.get(row))
    };
    let positions = frame.column("position")?.u32()?;
    let ranks = frame.column("rank")?.u32()?;
    for row in 0..frame.height().min(LISTED) {
        let position = positions.get(row).unwrap_or(0) as usize;
        let trial = &plan.trials[position];
        let rank = ranks
            .get(row)
            .map_or_else(|| "–".to_owned(), |rank| rank.to_string());
        let mut cells = vec![rank];
        cells.extend(plan.columns.iter().map(|column| trial.label(sweep, column)));
        if plan.columns.is_empty() {
            cells.push(trial.name.clone());
        }
        for metric in &metrics {
            cells.push(match *metric {
                "val acc %" => percent_with_deviation(
                    number("mean_val_accuracy", row)?,
                    number("std_val_accuracy", row)?,
                ),
                "test acc %" => percent_with_deviation(
                    number("mean_test_accuracy", row)?,
                    number("std_test_accuracy", row)?,
                ),
                "train loss" => four_decimals(number("mean_train_loss", row)?),
                "val loss" => four_decimals(number("mean_val_loss", row)?),
                "s/epoch" => seconds(number("profile_seconds_per_epoch", row)?),
                "peak MiB" => mebibytes(number("profile_peak_bytes", row)?),
                _ => trial.config.parameters().to_string(),
            });
        }
        cells.push(status_cell(&Status::of(plan, results, position)));
        table.row(cells);
    }
    Ok(table)
}

/// The line below a ranking that does not list all trials.
pub(super) fn rest_note(frame: &DataFrame) -> Option<String> {
    let rest = frame
        .height()
        .checked_sub(LISTED)
        .filter(|&rest| rest > 0)?;
    Some(format!("{rest} more trials are in the CSV file."))
}

fn status_cell(status: &Status) -> String {
    let (count, word) = match status.word() {
        "finished" => return "finished".to_owned(),
        "failed" => (status.failed, "failed"),
        word => (status.finished, word),
    };
    let runs = plural(status.runs, "run");
    format!("{word} ({count} of {} {runs})", status.runs)
}
