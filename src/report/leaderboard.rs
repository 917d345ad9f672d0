//! The ranking of trials.

use super::frame::EPOCHS_TO_TARGET;
use super::metric::stops_early;
use super::number::{
    difference, four_decimals, mean_count, mebibytes, missing, percent, percent_with_deviation,
    seconds, target,
};
use super::status::Status;
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
    /// Scores and speed, for a terminal that is 80 to 100 columns wide.
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
    let metrics = metrics(sweep, plan, detail);
    let positions = frame.column("position")?.u32()?;
    let rows: Vec<usize> = positions.iter().flatten().map(|p| p as usize).collect();
    let rows = &rows[..rows.len().min(LISTED)];
    let status = |&position: &usize| Status::of(plan, results, position);
    let statuses: Vec<Status> = rows.iter().map(status).collect();
    let all_finished = statuses.iter().all(|status| status.word() == "finished");
    let tells_status = detail == Detail::Full || !all_finished;
    let mut columns = vec![("rank".to_owned(), Align::Right)];
    columns.extend(plan.columns.iter().map(|c| (c.short.clone(), Align::Left)));
    if plan.columns.is_empty() {
        columns.push(("trial".to_owned(), Align::Left));
    }
    let headers = metrics.iter().map(|(header, _)| header.clone());
    columns.extend(headers.map(|header| (header, Align::Right)));
    if tells_status {
        columns.push(("status".to_owned(), Align::Left));
    }
    let mut table = Table::new(columns);
    let ranks = frame.column("rank")?.u32()?;
    for ((row, &position), status) in rows.iter().enumerate().zip(&statuses) {
        let trial = &plan.trials[position];
        let rank = ranks.get(row).map_or_else(missing, |rank| rank.to_string());
        let mut cells = vec![rank];
        cells.extend(plan.columns.iter().map(|column| trial.label(sweep, column)));
        if plan.columns.is_empty() {
            cells.push(trial.name.clone());
        }
        for (_, metric) in &metrics {
            let number = |name: &str| -> PolarsResult<Option<f64>> {
                Ok(frame.column(name)?.f64()?.get(row))
            };
            cells.push(match metric {
                Cell::Percent(name) => percent(number(&format!("mean_{name}"))?),
                Cell::Spread(name) => percent_with_deviation(
                    number(&format!("mean_{name}"))?,
                    number(&format!("std_{name}"))?,
                ),
                Cell::Number(name, show) => show(number(name)?),
                Cell::Parameters => trial.config.parameters().to_string(),
            });
        }
        if tells_status {
            cells.push(status_cell(status));
        }
        table.row(cells);
    }
    Ok(table)
}

/// What a column shows.
enum Cell {
    /// The mean of a share, in percent.
    Percent(&'static str),
    /// The mean of a share with its deviation, in percent.
    Spread(&'static str),
    /// A column of the frame.
    Number(&'static str, fn(Option<f64>) -> String),
    /// The number of parameters.
    Parameters,
}

/// The columns of metrics: their headers, and what they show.
fn metrics(sweep: &Sweep, plan: &Plan, detail: Detail) -> Vec<(String, Cell)> {
    let validated = plan.is_validated();
    let seconds = Cell::Number("profile_seconds_per_epoch", seconds);
    let mut metrics = Vec::new();
    if detail == Detail::Brief {
        metrics.push(match validated {
            true => ("val %", Cell::Spread("val_accuracy")),
            false => ("test %", Cell::Spread("test_accuracy")),
        });
        if validated {
            metrics.push(("test %", Cell::Percent("test_accuracy")));
        }
        metrics.push(("s/epoch", seconds));
        return named(metrics).collect();
    }
    if validated {
        metrics.push(("val acc %", Cell::Spread("val_accuracy")));
    }
    metrics.push(("test acc %", Cell::Spread("test_accuracy")));
    metrics.push(match validated {
        true => ("val macro F1 %", Cell::Percent("val_macro_f1")),
        false => ("test macro F1 %", Cell::Percent("test_macro_f1")),
    });
    metrics.push(("train loss", Cell::Number("mean_train_loss", four_decimals)));
    if validated {
        metrics.push(("val loss", Cell::Number("mean_val_loss", four_decimals)));
        metrics.push(("gap", Cell::Number("mean_gap", difference)));
    }
    let mut metrics: Vec<(String, Cell)> = named(metrics).collect();
    if let Some(accuracy) = sweep.report.target_accuracy.filter(|_| validated) {
        let header = format!("epochs to {}", target(accuracy.get()));
        metrics.push((header, Cell::Number(EPOCHS_TO_TARGET, mean_count)));
    }
    let mut rest = Vec::new();
    if stops_early(plan) {
        rest.push(("final epoch", Cell::Number("mean_final_epoch", mean_count)));
    }
    rest.push(("s/epoch", seconds));
    rest.push(("peak MiB", Cell::Number("profile_peak_bytes", mebibytes)));
    rest.push(("parameters", Cell::Parameters));
    metrics.extend(named(rest));
    metrics
}

fn named(metrics: Vec<(&str, Cell)>) -> impl Iterator<Item = (String, Cell)> {
    let named = |(header, cell): (&str, Cell)| (header.to_owned(), cell);
    metrics.into_iter().map(named)
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
