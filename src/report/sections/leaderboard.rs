//! The ranking of trials.

use crate::plan::Plan;
use crate::record::Results;
use crate::report::document::table::{Align, Table};
use crate::report::locale::{Locale, missing};
use crate::report::results::frame::{CHOSEN, DIFFERS, EPOCHS_TO_TARGET, INTERVAL, PARETO};
use crate::report::results::listing::Listing;
use crate::report::results::metric::stops_early;
use crate::report::results::status::TrialState;
use crate::spec::{Language, RankBy, SelectionRule, Sweep};
use polars::prelude::*;

/// Trials that the Markdown table lists; the CSV has all.
const LISTED: usize = 200;

/// How much of the ranking a table tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// All columns, for a file.
    Full,
    /// Scores and speed, for a terminal that is 80 to 100 columns wide.
    Brief,
}

/// The ranking as a table; `frame` is that of [`crate::report::results::frame::trials`].
///
/// # Errors
/// A frame without the columns of that function.
pub(crate) fn leaderboard(
    sweep: &Sweep,
    plan: &Plan,
    results: &Results,
    frame: &DataFrame,
    view: &Listing,
    detail: Detail,
) -> PolarsResult<Table> {
    let words = Locale::of(sweep);
    let metrics = metrics(words, sweep, plan, detail);
    let positions = frame.column("position")?.u32()?;
    let rows: Vec<usize> = positions.iter().flatten().map(|p| p as usize).collect();
    let rows = &rows[..rows.len().min(view.top.unwrap_or(LISTED))];
    let status = |&position: &usize| TrialState::of(plan, results, position);
    let statuses: Vec<TrialState> = rows.iter().map(status).collect();
    let all_finished = statuses.iter().all(|status| status.word() == "finished");
    let tells_status = detail == Detail::Full || !all_finished;
    let mut columns = vec![(words.pick("rank", "rang").to_owned(), Align::Right)];
    // What the list is sorted by stands in front, as the CSV has it.
    let order = match &view.order {
        Some(order) => Some(frame.column(&order.column)?.as_materialized_series()),
        None => None,
    };
    columns.extend(order.map(|column| (column.name().to_string(), Align::Right)));
    columns.extend(plan.columns.iter().map(|c| (c.short.clone(), Align::Left)));
    if plan.columns.is_empty() {
        columns.push((words.pick("trial", "essai").to_owned(), Align::Left));
    }
    let headers = metrics.iter().map(|(header, _)| header.clone());
    columns.extend(headers.map(|header| (header, Align::Right)));
    if tells_status {
        columns.push((words.pick("status", "état").to_owned(), Align::Left));
    }
    let mut table = Table::new(columns);
    let ranks = frame.column("rank")?.u32()?;
    let show_score = |score| match sweep.report.rank_by {
        RankBy::Accuracy => words.percent(score),
        RankBy::Loss => words.four_decimals(score),
    };
    for ((row, &position), status) in rows.iter().enumerate().zip(&statuses) {
        let trial = &plan.trials[position];
        let rank = ranks.get(row).map_or_else(missing, |rank| rank.to_string());
        let mut cells = vec![rank];
        cells.extend(order.map(|column| match column.get(row) {
            Ok(AnyValue::Null) | Err(_) => missing(),
            Ok(value) => words.plain(value.str_value().into_owned()),
        }));
        cells.extend(plan.columns.iter().map(|column| trial.label(sweep, column)));
        if plan.columns.is_empty() {
            cells.push(trial.name.clone());
        }
        for (_, metric) in &metrics {
            let number = |name: &str| -> PolarsResult<Option<f64>> {
                Ok(frame.column(name)?.f64()?.get(row))
            };
            cells.push(match metric {
                Cell::Percent(name) => words.percent(number(&format!("mean_{name}"))?),
                Cell::Spread(name) => words.percent_with_deviation(
                    number(&format!("mean_{name}"))?,
                    number(&format!("std_{name}"))?,
                ),
                Cell::Interval => match (number(INTERVAL[0])?, number(INTERVAL[1])?) {
                    (None, _) | (_, None) => missing(),
                    (low, high) => words.interval(show_score(low), show_score(high)),
                },
                Cell::Mark => marks(sweep, frame, row)?,
                Cell::Number(name, show) => show(words, number(name)?),
                Cell::Parameters => trial.config.parameters().to_string(),
            });
        }
        if tells_status {
            cells.push(status_cell(words, status));
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
    /// The 95 % interval of the mean score that trials are ranked by.
    Interval,
    /// What is to be said of the trial beside others: see [`marks`].
    Mark,
    /// A column of the frame.
    Number(&'static str, fn(Locale, Option<f64>) -> String),
    /// The number of parameters.
    Parameters,
}

/// `≈` for a trial that cannot be told from the best, `P` for one on the Pareto front, `★` for the
/// chosen one where that need not be the best.
fn marks(sweep: &Sweep, frame: &DataFrame, row: usize) -> PolarsResult<String> {
    let is =
        |name: &str| -> PolarsResult<Option<bool>> { Ok(frame.column(name)?.bool()?.get(row)) };
    let mut marks = Vec::new();
    if sweep.report.select != SelectionRule::Best && is(CHOSEN)? == Some(true) {
        marks.push("★");
    }
    if is(DIFFERS)? == Some(false) {
        marks.push("≈");
    }
    if is(PARETO)? == Some(true) {
        marks.push("P");
    }
    Ok(marks.join(" "))
}

/// The columns of metrics: their headers, and what they show.
fn metrics(words: Locale, sweep: &Sweep, plan: &Plan, detail: Detail) -> Vec<(String, Cell)> {
    let validated = plan.is_validated();
    let seconds = Cell::Number("profile_seconds_per_epoch", Locale::seconds);
    let mut metrics = Vec::new();
    if detail == Detail::Brief {
        metrics.push(match validated {
            true => ("val %", Cell::Spread("val_accuracy")),
            false => ("test %", Cell::Spread("test_accuracy")),
        });
        if validated {
            metrics.push(("test %", Cell::Percent("test_accuracy")));
        }
        metrics.push((words.pick("s/epoch", "s/époque"), seconds));
        return named(metrics).collect();
    }
    if validated {
        let accuracy = words.pick("val acc %", "exact. val. %");
        metrics.push((accuracy, Cell::Spread("val_accuracy")));
        metrics.push((
            words.pick("95 % interval", "intervalle 95 %"),
            Cell::Interval,
        ));
        metrics.push((words.pick("mark", "marque"), Cell::Mark));
    }
    let test = words.pick("test acc %", "exact. test %");
    metrics.push((test, Cell::Spread("test_accuracy")));
    metrics.push(match validated {
        true => (
            words.pick("val macro F1 %", "macro-F1 val. %"),
            Cell::Percent("val_macro_f1"),
        ),
        false => (
            words.pick("test macro F1 %", "macro-F1 test %"),
            Cell::Percent("test_macro_f1"),
        ),
    });
    metrics.push((
        words.pick("train loss", "perte entr."),
        Cell::Number("mean_train_loss", Locale::four_decimals),
    ));
    if validated {
        metrics.push((
            words.pick("val loss", "perte val."),
            Cell::Number("mean_val_loss", Locale::four_decimals),
        ));
        metrics.push((
            words.pick("gap", "écart"),
            Cell::Number("mean_gap", Locale::difference),
        ));
    }
    let mut metrics: Vec<(String, Cell)> = named(metrics).collect();
    if let Some(accuracy) = sweep.report.target_accuracy.filter(|_| validated) {
        let epochs = words.pick("epochs to", "époques jusqu’à");
        let header = format!("{epochs} {}", words.target(accuracy.get()));
        metrics.push((header, Cell::Number(EPOCHS_TO_TARGET, Locale::mean_count)));
    }
    let mut rest = Vec::new();
    if stops_early(plan) {
        rest.push((
            words.pick("final epoch", "époque finale"),
            Cell::Number("mean_final_epoch", Locale::mean_count),
        ));
    }
    rest.push((words.pick("s/epoch", "s/époque"), seconds));
    rest.push((
        words.pick("peak MiB", "pic Mio"),
        Cell::Number("profile_peak_bytes", Locale::mebibytes),
    ));
    rest.push((words.pick("parameters", "paramètres"), Cell::Parameters));
    metrics.extend(named(rest));
    metrics
}

fn named(metrics: Vec<(&str, Cell)>) -> impl Iterator<Item = (String, Cell)> {
    let named = |(header, cell): (&str, Cell)| (header.to_owned(), cell);
    metrics.into_iter().map(named)
}

/// The line below a ranking that does not list all trials.
pub(crate) fn rest_note(words: Locale, frame: &DataFrame, listed: &Table) -> Option<String> {
    let rest = frame
        .height()
        .checked_sub(listed.height())
        .filter(|&rest| rest > 0)?;
    Some(match (words.language, rest) {
        (Language::English, 1) => "1 more trial is in the CSV file.".to_owned(),
        (Language::English, _) => format!("{rest} more trials are in the CSV file."),
        (Language::French, 1) => "1 autre essai se trouve dans le fichier CSV.".to_owned(),
        (Language::French, _) => format!("{rest} autres essais se trouvent dans le fichier CSV."),
    })
}

fn status_cell(words: Locale, status: &TrialState) -> String {
    let (count, word) = match status.word() {
        "finished" => return words.pick("finished", "terminé").to_owned(),
        "failed" => (status.failed, words.pick("failed", "échoué")),
        word => (status.finished, words.pick(word, "incomplet")),
    };
    let runs = words.runs(status.runs);
    format!("{word} ({count} {} {runs})", words.pick("of", "sur"))
}
