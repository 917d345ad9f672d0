//! Results as polars frames, one row for each run or trial.

use super::aggregate;
use super::metrics::{Metric, mean_epochs_to, metrics};
use super::trial_state::TrialRuns;
use crate::metrics::{Part, PartScore, Score};
use crate::plan::{ParameterColumn as Factor, Plan};
use crate::record::{RankKey, Results, RunResult};
use crate::spec::Sweep;
use polars::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;

/// The mean number of epochs to the target accuracy of the sweep file.
pub(crate) const EPOCHS_TO_TARGET: &str = "mean_epochs_to_target";

/// The measured time of an epoch, in seconds.
pub(crate) const PROFILE_SECONDS: &str = "profile_seconds_per_epoch";

/// The standard error of this time as a fraction of it.
pub(crate) const PROFILE_ERROR: &str = "profile_relative_error";

/// The measured peak memory.
pub(crate) const PROFILE_BYTES: &str = "profile_peak_bytes";

/// The number of trainable parameters.
pub(crate) const PARAMETERS: &str = "parameters";

/// The column with the mean of a metric over the runs of each trial.
pub(crate) fn mean_of(metric: &str) -> String {
    format!("mean_{metric}")
}

/// The column with the standard deviation of a metric over the runs of each trial.
pub(crate) fn deviation_of(metric: &str) -> String {
    format!("std_{metric}")
}

/// The column with the mean of a score.
pub(crate) fn mean_column(score: PartScore) -> String {
    mean_of(&score.id())
}

/// The column with the standard deviation of a score.
pub(crate) fn deviation_column(score: PartScore) -> String {
    deviation_of(&score.id())
}

/// The column that trials are ranked by.
pub(crate) fn score_column(rank_by: Score) -> String {
    mean_column(Part::Validation.score(rank_by))
}

/// The column with the validation score of each trial on one of its splits.
pub(crate) fn split_column(split: usize, score: Score) -> String {
    format!("split{split}_{}", Part::Validation.score(score).id())
}

/// The position in the plan of each row's trial.
pub(crate) fn trial_positions(frame: &DataFrame) -> PolarsResult<Vec<usize>> {
    let positions = frame.column("position")?.u32()?;
    Ok(positions
        .iter()
        .flatten()
        .map(|position| position as usize)
        .collect())
}

/// The number in this column and row, if there is one.
pub(crate) fn number_at(frame: &DataFrame, name: &str, row: usize) -> PolarsResult<Option<f64>> {
    Ok(frame.column(name)?.f64()?.get(row))
}

/// Makes the frame of finished runs: the trial's position and the metrics. A score that one of a trial's finished
/// runs lacks has no value for the others either: means over different splits cannot be compared.
fn run_frame(plan: &Plan, results: &Results, metrics: &[Metric]) -> PolarsResult<DataFrame> {
    let mut trials = Vec::new();
    let mut columns = vec![Vec::<Option<f64>>::new(); metrics.len()];
    for trial in 0..plan.trials.len() {
        let finished = plan.runs_of(trial).filter_map(|run| results.finished(run));
        let finished: Vec<&RunResult> = finished.collect();
        trials.extend(std::iter::repeat_n(trial as u32, finished.len()));
        for (column, metric) in columns.iter_mut().zip(metrics) {
            let first = column.len();
            column.extend(finished.iter().map(|run| metric.value(run)));
            if metric.is_score() && column[first..].contains(&None) {
                column[first..].fill(None);
            }
        }
    }
    let height = trials.len();
    let mut frame = vec![Column::new("position".into(), trials)];
    for (metric, values) in metrics.iter().zip(columns) {
        frame.push(Column::new(metric.name.as_str().into(), values));
    }
    DataFrame::new(height, frame)
}

/// Makes the frame of trials, best first: rank, name, factors, means, standard deviations, state.
///
/// Trials are ranked if all of their runs finished with validation scores; the others follow in the
/// order of the plan, without a rank.
///
/// # Errors
/// Polars refuses an operation; no result can cause this.
pub(crate) fn trial_frame(
    sweep: &Sweep,
    plan: &Plan,
    results: &Results,
) -> PolarsResult<DataFrame> {
    let metrics = metrics(sweep, plan);
    let runs = run_frame(plan, results, &metrics)?;
    let positions: Vec<u32> = (0..plan.trials.len() as u32).collect();
    let mut frame = DataFrame::new(
        plan.trials.len(),
        vec![Column::new("position".into(), positions)],
    )?;
    let all: Vec<&str> = metrics.iter().map(|metric| metric.name.as_str()).collect();
    let with_deviation = metrics.iter().filter(|metric| metric.has_deviation);
    let with_deviation: Vec<&str> = with_deviation.map(|metric| metric.name.as_str()).collect();
    let means = aggregate::means(&runs, &["position"], &all)?;
    let deviations = aggregate::deviations(&runs, &["position"], &with_deviation)?;
    frame = frame.left_join(&means, ["position"], ["position"])?;
    frame = frame.left_join(&deviations, ["position"], ["position"])?;
    frame.with_column(text_column(
        "trial",
        plan.trials.iter().map(|t| Some(t.name.clone())),
    ))?;
    for column in &plan.columns {
        frame.with_column(factor_column(sweep, plan, column))?;
    }
    let rank_by = sweep.options.report.rank_by;
    for score in [Score::ACCURACY, rank_by]
        .into_iter()
        .collect::<BTreeSet<_>>()
    {
        for column in split_columns(plan, results, score) {
            frame.with_column(column)?;
        }
    }
    if let Some(target) = sweep.options.report.target_accuracy {
        let reached = |trial| {
            let runs = plan.runs_of(trial).map(|run| results.finished(run));
            mean_epochs_to(target.get(), runs)
        };
        frame.with_column(number_column(EPOCHS_TO_TARGET, plan, reached))?;
    }
    let profile = |trial: usize| Some(results.profiles.get(&trial)?.profile);
    frame.with_column(number_column(PROFILE_SECONDS, plan, |trial| {
        profile(trial).map(|profile| profile.seconds_per_epoch)
    }))?;
    frame.with_column(number_column(PROFILE_ERROR, plan, |trial| {
        profile(trial)?.relative_error
    }))?;
    frame.with_column(number_column(PROFILE_BYTES, plan, |trial| {
        profile(trial)?.peak_bytes.map(|bytes| bytes as f64)
    }))?;
    let parameters: Vec<u64> = plan.trials.iter().map(|t| t.config.parameters()).collect();
    frame.with_column(Column::new(PARAMETERS.into(), parameters))?;
    let flop = plan.trials.iter().map(|trial| {
        let (forward, backward) = trial.config.flop_per_sample();
        // Counts of operations are whole numbers.
        (forward + backward) as u64
    });
    let flop: Vec<u64> = flop.collect();
    frame.with_column(Column::new("flop_per_sample".into(), flop))?;
    let counts: Vec<TrialRuns> = (0..plan.trials.len())
        .map(|trial| TrialRuns::count(plan, results, trial))
        .collect();
    frame.with_column(text_column(
        "status",
        counts.iter().map(|c| Some(c.state().name().to_owned())),
    ))?;
    frame.with_column(text_column(
        "reason",
        counts.iter().map(|c| c.first_failure.clone()),
    ))?;
    let finished: Vec<u32> = counts.iter().map(|c| c.finished as u32).collect();
    frame.with_column(Column::new("runs_finished".into(), finished))?;
    let total: Vec<u32> = counts.iter().map(|c| c.total as u32).collect();
    frame.with_column(Column::new("runs".into(), total))?;
    sort_by_rank(frame, plan, results, rank_by)
}

/// Sorts the rows by rank and the columns in reading order, and adds the column `rank`.
fn sort_by_rank(
    frame: DataFrame,
    plan: &Plan,
    results: &Results,
    rank_by: Score,
) -> PolarsResult<DataFrame> {
    let trials = 0..plan.trials.len();
    let rank_key = |trial| RankKey::of(plan, trial, rank_by, |run| results.runs.get(&run));
    let rank_keys = trials.clone().filter_map(rank_key);
    let mut ranked: Vec<RankKey> = rank_keys.filter(RankKey::is_ranked).collect();
    ranked.sort();
    let mut is_ranked = vec![false; trials.len()];
    ranked
        .iter()
        .for_each(|rank_key| is_ranked[rank_key.trial] = true);
    let unranked = trials.filter(|&trial| !is_ranked[trial]);
    let first = ranked.iter().map(|rank_key| rank_key.trial);
    let order: Vec<IdxSize> = first
        .chain(unranked)
        .map(|trial| trial as IdxSize)
        .collect();
    // The rows are still in the order of the plan.
    let mut frame = frame.take(&IdxCa::from_vec("order".into(), order))?;
    // Equal scores share the lowest rank, as in scikit-learn: 1, 1, 3.
    let mut ranks: Vec<Option<u32>> = Vec::with_capacity(frame.height());
    for row in 0..ranked.len() {
        ranks.push(match row.checked_sub(1) {
            Some(above) if ranked[row].ties_with(&ranked[above]) => ranks[above],
            _ => Some(row as u32 + 1),
        });
    }
    ranks.resize(frame.height(), None);
    frame.insert_column(0, Column::new("rank".into(), ranks))?;
    let names: Vec<PlSmallStr> = frame.get_column_names_owned();
    let group = |name: &str| match name {
        "rank" => 0,
        "trial" => 1,
        _ if name.starts_with("param_") => 2,
        _ if name.contains("val_") => 3,
        _ if name.contains("test_") => 4,
        _ if name.contains("train_") || name.ends_with("_gap") => 5,
        _ if name.starts_with("mean_") => 6,
        _ => 7,
    };
    let mut order: Vec<&PlSmallStr> = names.iter().filter(|n| *n != "position").collect();
    order.sort_by_key(|name| group(name));
    frame.select(order.into_iter().cloned().chain(["position".into()]))
}

/// A column with a number for each trial.
fn number_column(name: &str, plan: &Plan, of: impl Fn(usize) -> Option<f64>) -> Column {
    let values: Vec<Option<f64>> = (0..plan.trials.len()).map(of).collect();
    Column::new(name.into(), values)
}

fn text_column(name: &str, values: impl Iterator<Item = Option<String>>) -> Column {
    Column::new(name.into(), values.collect::<Vec<_>>())
}

/// The values of a factor: numbers or flags if all of them are, otherwise text.
///
/// Cells of trials without the factor are empty. A level `null` is empty too, unless some trials do
/// not have the factor: then all cells are text, and the level is `none`.
pub(super) fn factor_column(sweep: &Sweep, plan: &Plan, factor: &Factor) -> Column {
    let trials = plan.trials.iter();
    let mut values: Vec<Option<Value>> = trials.map(|trial| trial.value(sweep, factor)).collect();
    let has = |value: Option<&Value>| values.iter().any(|level| level.as_ref() == value);
    let is_ambiguous = has(None) && has(Some(&Value::Null));
    if !is_ambiguous {
        values.iter_mut().for_each(|value| {
            value.take_if(|value| value.is_null());
        });
    }
    let name = format!("param_{}", factor.name);
    let all = |is: fn(&Value) -> bool| values.iter().flatten().all(is);
    if is_ambiguous || values.iter().all(Option::is_none) {
        text_column(&name, values.iter().map(short_label))
    } else if all(Value::is_u64) {
        let numbers: Vec<Option<u64>> = values
            .iter()
            .map(|v| v.as_ref().and_then(Value::as_u64))
            .collect();
        Column::new(name.into(), numbers)
    } else if all(Value::is_number) {
        let numbers: Vec<Option<f64>> = values
            .iter()
            .map(|v| v.as_ref().and_then(Value::as_f64))
            .collect();
        Column::new(name.into(), numbers)
    } else if all(Value::is_boolean) {
        let flags: Vec<Option<bool>> = values
            .iter()
            .map(|v| v.as_ref().and_then(Value::as_bool))
            .collect();
        Column::new(name.into(), flags)
    } else {
        text_column(&name, values.iter().map(short_label))
    }
}

fn short_label(value: &Option<Value>) -> Option<String> {
    value.as_ref().map(crate::spec::short_text)
}

/// The validation score of each trial on each split, one column for each split.
fn split_columns(plan: &Plan, results: &Results, score: Score) -> Vec<Column> {
    let mut columns: Vec<Vec<Option<f64>>> = Vec::new();
    for trial in 0..plan.trials.len() {
        for (split, run) in plan.runs_of(trial).enumerate() {
            let result = results.finished(run);
            if split == columns.len() {
                columns.push(vec![None; plan.trials.len()]);
            }
            columns[split][trial] = result.and_then(|result| result.validation_score(score));
        }
    }
    let named = columns
        .into_iter()
        .enumerate()
        .map(|(split, scores)| Column::new(split_column(split, score).into(), scores));
    named.collect()
}
