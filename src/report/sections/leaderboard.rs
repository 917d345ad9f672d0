//! The ranking of trials.

use crate::metrics::{Part, PartScore, Score};
use crate::plan::Plan;
use crate::record::Results;
use crate::report::analysis::columns::{CHOSEN, DIFFERS, INTERVAL, PARETO};
use crate::report::document::table::{Align, Table};
use crate::report::locale::{Locale, missing};
use crate::report::results::listing::Listing;
use crate::report::results::metrics::{FINAL_EPOCH, GAP, stops_early};
use crate::report::results::trial_frame::{
    EPOCHS_TO_TARGET, PROFILE_BYTES, PROFILE_SECONDS, deviation_column, mean_column, mean_of,
    number_at,
};
use crate::report::results::trial_state::{TrialRuns, TrialState};
use crate::spec::{Language, Sweep};
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
    let show_score = |score| locale.score(sweep.options.report.rank_by, score);
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
                ColumnValue::Score(score) => {
                    locale.score(score.score, number(&mean_column(*score))?)
                }
                ColumnValue::ScoreWithDeviation(score) => locale.score_with_deviation(
                    score.score,
                    number(&mean_column(*score))?,
                    number(&deviation_column(*score))?,
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
    /// The mean of a score.
    Score(PartScore),
    /// The mean of a score with its standard deviation.
    ScoreWithDeviation(PartScore),
    /// The 95 % interval of the mean score that trials are ranked by.
    Interval,
    /// The marks of the trial: see [`marks`].
    Mark,
    /// A column of the frame.
    Number(String, fn(Locale, Option<f64>) -> String),
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
    match detail {
        Detail::Full => full_columns(locale, sweep, plan),
        Detail::Brief => brief_columns(locale, sweep, plan.is_validated()),
    }
}

fn seconds_column(locale: Locale) -> (String, ColumnValue) {
    let value = ColumnValue::Number(PROFILE_SECONDS.to_owned(), Locale::seconds);
    (locale.tr("s/epoch", "s/époque").to_owned(), value)
}

/// Scores and speed.
fn brief_columns(locale: Locale, sweep: &Sweep, validated: bool) -> Vec<(String, ColumnValue)> {
    let rank_by = sweep.options.report.rank_by;
    let accuracy = |part: Part| part.score(Score::ACCURACY);
    let part = if validated {
        Part::Validation
    } else {
        Part::Test
    };
    let mut columns = Vec::new();
    // What the trials are ranked by comes first.
    if rank_by != Score::ACCURACY {
        let score = part.score(rank_by);
        columns.push((locale.score_header(score), ColumnValue::Score(score)));
    }
    let with_deviation = ColumnValue::ScoreWithDeviation(accuracy(part));
    columns.push((format!("{} %", part.id()), with_deviation));
    if validated {
        let test = ColumnValue::Score(accuracy(Part::Test));
        columns.push((format!("{} %", Part::Test.id()), test));
    }
    columns.push(seconds_column(locale));
    columns
}

fn full_columns(locale: Locale, sweep: &Sweep, plan: &Plan) -> Vec<(String, ColumnValue)> {
    let report = &sweep.options.report;
    let validated = plan.is_validated();
    let named = |english: &str, french: &str, value: ColumnValue| {
        (locale.tr(english, french).to_owned(), value)
    };
    let number = |name: &str, show| ColumnValue::Number(name.to_owned(), show);
    let score = |score: PartScore| (locale.score_header(score), ColumnValue::Score(score));
    let with_deviation = |score: PartScore| {
        let header = locale.score_header(score);
        (header, ColumnValue::ScoreWithDeviation(score))
    };
    let mut columns = Vec::new();
    let part = if validated {
        let accuracy = with_deviation(Part::Validation.score(Score::ACCURACY));
        let interval = named("95 % interval", "intervalle 95 %", ColumnValue::Interval);
        let mark = named("mark", "marque", ColumnValue::Mark);
        if report.rank_by == Score::ACCURACY {
            columns.extend([accuracy, interval, mark]);
        } else {
            let rank_by = with_deviation(Part::Validation.score(report.rank_by));
            columns.extend([rank_by, interval, mark, accuracy]);
        }
        Part::Validation
    } else {
        Part::Test
    };
    columns.push(with_deviation(Part::Test.score(Score::ACCURACY)));
    // The score of the ranking is the first column.
    let is_later = |score: &Score| !validated || *score != report.rank_by;
    let later = [Score::MACRO_F1].into_iter().chain(report.further_scores());
    columns.extend(later.filter(is_later).map(|later| score(part.score(later))));
    columns.push(score(Part::Training.score(Score::LOSS)));
    if validated {
        let loss = Some(Score::LOSS).filter(is_later);
        columns.extend(loss.map(|loss| score(Part::Validation.score(loss))));
        columns.push(named(
            "gap",
            "écart",
            number(&mean_of(GAP), Locale::difference),
        ));
    }
    if let Some(accuracy) = report.target_accuracy.filter(|_| validated) {
        let epochs = locale.tr("epochs to", "époques jusqu’à");
        let header = format!("{epochs} {}", locale.target(accuracy.get()));
        columns.push((header, number(EPOCHS_TO_TARGET, Locale::mean_count)));
    }
    if stops_early(plan) {
        let value = number(&mean_of(FINAL_EPOCH), Locale::mean_count);
        columns.push(named("final epoch", "époque finale", value));
    }
    columns.push(seconds_column(locale));
    let bytes = number(PROFILE_BYTES, Locale::mebibytes);
    columns.push(named("peak MiB", "pic Mio", bytes));
    columns.push(named("parameters", "paramètres", ColumnValue::Parameters));
    columns
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
