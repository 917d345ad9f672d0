//! The ranking of trials.

use crate::plan::Plan;
use crate::record::Results;
use crate::report::analysis::columns::{CHOSEN, DIFFERS, INTERVAL, PARETO};
use crate::report::document::table::{Align, Table};
use crate::report::locale::{Locale, missing};
use crate::report::results::listing::Listing;
use crate::report::results::metrics::stops_early;
use crate::report::results::trial_frame::{EPOCHS_TO_TARGET, number_at};
use crate::report::results::trial_state::{TrialRuns, TrialState};
use crate::spec::{Language, RankBy, Sweep};
use polars::prelude::*;

/// Maximum number of trials in the Markdown table; the CSV file has all.
const MAX_LISTED_TRIALS: usize = 200;

/// The columns of the ranking's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// All columns, for a file.
    Full,
    /// Scores and speed, for a terminal that is 80 to 100 columns wide.
    Brief,
}

/// The ranking as a table; `frame` is that of [`crate::report::results::trial_frame::trial_frame`].
/// Ranks up to `tied_ranks` are shown as one range.
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn leaderboard(
    sweep: &Sweep,
    plan: &Plan,
    results: &Results,
    frame: &DataFrame,
    listing: &Listing,
    detail: Detail,
    tied_ranks: Option<u32>,
) -> PolarsResult<Table> {
    let locale = Locale::of(sweep);
    let metrics = metric_columns(locale, sweep, plan, detail);
    let positions = frame.column("position")?.u32()?;
    let rows: Vec<usize> = positions.iter().flatten().map(|p| p as usize).collect();
    let rows = &rows[..rows.len().min(listing.top.unwrap_or(MAX_LISTED_TRIALS))];
    let count = |&position: &usize| TrialRuns::count(plan, results, position);
    let counts: Vec<TrialRuns> = rows.iter().map(count).collect();
    let all_finished = counts
        .iter()
        .all(|runs| runs.state() == TrialState::Finished);
    let shows_state = detail == Detail::Full || !all_finished;
    let mut columns = vec![(locale.tr("rank", "rang").to_owned(), Align::Right)];
    // The column that the list is sorted by comes first, with its name in the CSV file.
    let order = match &listing.order {
        Some(order) => Some(frame.column(&order.column)?.as_materialized_series()),
        None => None,
    };
    columns.extend(order.map(|column| (column.name().to_string(), Align::Right)));
    columns.extend(
        plan.columns
            .iter()
            .map(|c| (c.short_name.clone(), Align::Left)),
    );
    if plan.columns.is_empty() {
        columns.push((locale.tr("trial", "essai").to_owned(), Align::Left));
    }
    let headers = metrics.iter().map(|(header, _)| header.clone());
    columns.extend(headers.map(|header| (header, Align::Right)));
    if shows_state {
        columns.push((locale.tr("status", "état").to_owned(), Align::Left));
    }
    let mut table = Table::new(columns);
    let ranks = frame.column("rank")?.u32()?;
    let show_score = |score| match sweep.options.report.rank_by {
        RankBy::Accuracy => locale.percent(score),
        RankBy::Loss => locale.four_decimals(score),
    };
    for ((row, &position), runs) in rows.iter().enumerate().zip(&counts) {
        let trial = &plan.trials[position];
        let mut cells = vec![locale.rank(ranks.get(row), tied_ranks)];
        cells.extend(order.map(|column| match column.get(row) {
            Ok(AnyValue::Null) | Err(_) => missing(),
            Ok(value) => locale.localize(value.str_value().into_owned()),
        }));
        cells.extend(
            plan.columns
                .iter()
                .map(|column| trial.value_text(sweep, column)),
        );
        if plan.columns.is_empty() {
            cells.push(trial.name.clone());
        }
        for (_, metric) in &metrics {
            let number = |name: &str| number_at(frame, name, row);
            cells.push(match metric {
                ColumnValue::Percent(name) => locale.percent(number(&format!("mean_{name}"))?),
                ColumnValue::PercentWithDeviation(name) => locale.percent_with_deviation(
                    number(&format!("mean_{name}"))?,
                    number(&format!("std_{name}"))?,
                ),
                ColumnValue::Interval => match (number(INTERVAL[0])?, number(INTERVAL[1])?) {
                    (None, _) | (_, None) => missing(),
                    (low, high) => locale.interval(show_score(low), show_score(high)),
                },
                ColumnValue::Mark => marks(sweep, frame, row)?,
                ColumnValue::Number(name, show) => show(locale, number(name)?),
                ColumnValue::Parameters => trial.config.parameters().to_string(),
            });
        }
        if shows_state {
            cells.push(state_cell(locale, runs));
        }
        table.row(cells);
    }
    Ok(table)
}

/// The source of a column's values.
enum ColumnValue {
    /// A mean in percent.
    Percent(&'static str),
    /// A mean in percent with its standard deviation.
    PercentWithDeviation(&'static str),
    /// The 95 % interval of the mean score that trials are ranked by.
    Interval,
    /// The marks of the trial: see [`marks`].
    Mark,
    /// A column of the frame.
    Number(&'static str, fn(Locale, Option<f64>) -> String),
    /// The number of parameters.
    Parameters,
}

/// `≈` for a trial that is not distinguishable from the best, `◆` for one on the Pareto front, `★`
/// for the chosen one unless the rule always chooses the best.
fn marks(sweep: &Sweep, frame: &DataFrame, row: usize) -> PolarsResult<String> {
    let is =
        |name: &str| -> PolarsResult<Option<bool>> { Ok(frame.column(name)?.bool()?.get(row)) };
    let mut marks = Vec::new();
    if !sweep.options.report.chooses_first_ranked() && is(CHOSEN)? == Some(true) {
        marks.push("★");
    }
    if is(DIFFERS)? == Some(false) {
        marks.push("≈");
    }
    if is(PARETO)? == Some(true) {
        marks.push("◆");
    }
    Ok(marks.join(" "))
}

/// The columns of metrics: headers and sources.
fn metric_columns(
    locale: Locale,
    sweep: &Sweep,
    plan: &Plan,
    detail: Detail,
) -> Vec<(String, ColumnValue)> {
    let validated = plan.is_validated();
    let seconds = ColumnValue::Number("profile_seconds_per_epoch", Locale::seconds);
    let mut metrics = Vec::new();
    if detail == Detail::Brief {
        // What the trials are ranked by comes first.
        if sweep.options.report.rank_by == RankBy::Loss {
            let (header, column) = if validated {
                (locale.tr("val loss", "perte val."), "mean_val_loss")
            } else {
                (locale.tr("test loss", "perte test"), "mean_test_loss")
            };
            metrics.push((header, ColumnValue::Number(column, Locale::four_decimals)));
        }
        metrics.push(if validated {
            ("val %", ColumnValue::PercentWithDeviation("val_accuracy"))
        } else {
            ("test %", ColumnValue::PercentWithDeviation("test_accuracy"))
        });
        if validated {
            metrics.push(("test %", ColumnValue::Percent("test_accuracy")));
        }
        metrics.push((locale.tr("s/epoch", "s/époque"), seconds));
        return with_owned_headers(metrics).collect();
    }
    if validated {
        let accuracy = locale.tr("val acc %", "exact. val. %");
        metrics.push((accuracy, ColumnValue::PercentWithDeviation("val_accuracy")));
        metrics.push((
            locale.tr("95 % interval", "intervalle 95 %"),
            ColumnValue::Interval,
        ));
        metrics.push((locale.tr("mark", "marque"), ColumnValue::Mark));
    }
    let test = locale.tr("test acc %", "exact. test %");
    metrics.push((test, ColumnValue::PercentWithDeviation("test_accuracy")));
    metrics.push(if validated {
        (
            locale.tr("val macro F1 %", "macro-F1 val. %"),
            ColumnValue::Percent("val_macro_f1"),
        )
    } else {
        (
            locale.tr("test macro F1 %", "macro-F1 test %"),
            ColumnValue::Percent("test_macro_f1"),
        )
    });
    metrics.push((
        locale.tr("train loss", "perte entr."),
        ColumnValue::Number("mean_train_loss", Locale::four_decimals),
    ));
    if validated {
        metrics.push((
            locale.tr("val loss", "perte val."),
            ColumnValue::Number("mean_val_loss", Locale::four_decimals),
        ));
        metrics.push((
            locale.tr("gap", "écart"),
            ColumnValue::Number("mean_gap", Locale::difference),
        ));
    }
    let mut metrics: Vec<(String, ColumnValue)> = with_owned_headers(metrics).collect();
    if let Some(accuracy) = sweep.options.report.target_accuracy.filter(|_| validated) {
        let epochs = locale.tr("epochs to", "époques jusqu’à");
        let header = format!("{epochs} {}", locale.target(accuracy.get()));
        metrics.push((
            header,
            ColumnValue::Number(EPOCHS_TO_TARGET, Locale::mean_count),
        ));
    }
    let mut rest = Vec::new();
    if stops_early(plan) {
        rest.push((
            locale.tr("final epoch", "époque finale"),
            ColumnValue::Number("mean_final_epoch", Locale::mean_count),
        ));
    }
    rest.push((locale.tr("s/epoch", "s/époque"), seconds));
    rest.push((
        locale.tr("peak MiB", "pic Mio"),
        ColumnValue::Number("profile_peak_bytes", Locale::mebibytes),
    ));
    rest.push((
        locale.tr("parameters", "paramètres"),
        ColumnValue::Parameters,
    ));
    metrics.extend(with_owned_headers(rest));
    metrics
}

fn with_owned_headers(
    metrics: Vec<(&str, ColumnValue)>,
) -> impl Iterator<Item = (String, ColumnValue)> {
    let named = |(header, cell): (&str, ColumnValue)| (header.to_owned(), cell);
    metrics.into_iter().map(named)
}

/// The line below a ranking that does not list all trials.
pub(crate) fn unlisted_note(locale: Locale, frame: &DataFrame, listed: &Table) -> Option<String> {
    let rest = frame
        .height()
        .checked_sub(listed.height())
        .filter(|&rest| rest > 0)?;
    Some(match (locale.language, rest) {
        (Language::English, 1) => "1 more trial is in the CSV file.".to_owned(),
        (Language::English, _) => format!("{rest} more trials are in the CSV file."),
        (Language::French, 1) => "1 autre essai se trouve dans le fichier CSV.".to_owned(),
        (Language::French, _) => format!("{rest} autres essais se trouvent dans le fichier CSV."),
    })
}

fn state_cell(locale: Locale, runs: &TrialRuns) -> String {
    let (count, state) = match runs.state() {
        TrialState::Finished => return locale.tr("finished", "terminé").to_owned(),
        TrialState::Failed => (runs.failed, locale.tr("failed", "échoué")),
        TrialState::Incomplete => (runs.finished, locale.tr("incomplete", "incomplet")),
    };
    let runs = locale.runs(runs.total);
    format!("{state} ({count} {} {runs})", locale.tr("of", "sur"))
}
