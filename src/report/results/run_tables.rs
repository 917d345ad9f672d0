//! Tables of runs and of epochs, for programs.

use super::epoch_frame::EpochMetric;
use super::trial_frame::factor_column;
use crate::metrics::{EpochMetrics, Part, PartScore, Score};
use crate::plan::{Plan, RunId};
use crate::record::{Results, RunResult};
use crate::report::error::ReportError;
use crate::report::formats::export::csv;
use crate::spec::Sweep;
use polars::prelude::*;

/// What a table has a row for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableRows {
    /// Each run that has a result.
    Runs,
    /// Each epoch of each run that has a result.
    Epochs,
}

/// A table of the results as CSV, in the order of the plan: trial, repeat, fold, a column `param_<factor>` for each
/// factor, and every measurement. Missing values are empty.
///
/// # Errors
/// Polars refuses an operation; no result can cause this.
pub fn table_csv(
    sweep: &Sweep,
    plan: &Plan,
    results: &Results,
    rows: TableRows,
) -> Result<Vec<u8>, ReportError> {
    let frame = match rows {
        TableRows::Runs => run_frame(sweep, plan, results),
        TableRows::Epochs => epoch_frame(sweep, plan, results),
    };
    Ok(csv(&frame?)?)
}

/// The runs that have a result.
fn recorded<'a>(
    plan: &'a Plan,
    results: &'a Results,
) -> impl Iterator<Item = (RunId, &'a RunResult)> {
    plan.runs()
        .filter_map(|run| Some((run, results.runs.get(&run)?)))
}

fn run_frame(sweep: &Sweep, plan: &Plan, results: &Results) -> PolarsResult<DataFrame> {
    let runs: Vec<(RunId, &RunResult)> = recorded(plan, results).collect();
    let mut columns = run_columns(sweep, plan, runs.iter().map(|(run, _)| *run))?;
    let text = |name: &str, of: &dyn Fn(&RunResult) -> Option<String>| {
        let values: Vec<Option<String>> = runs.iter().map(|(_, result)| of(result)).collect();
        Column::new(name.into(), values)
    };
    let number = |name: &str, of: &dyn Fn(&RunResult) -> Option<f64>| {
        let values: Vec<Option<f64>> = runs.iter().map(|(_, result)| of(result)).collect();
        Column::new(name.into(), values)
    };
    let status = |result: &RunResult| {
        if result.failure.is_none() {
            "finished"
        } else {
            "failed"
        }
    };
    columns.push(text("status", &|result| Some(status(result).to_owned())));
    columns.push(text("reason", &|result| {
        result.failure.as_ref().map(ToString::to_string)
    }));
    let on = |part: Part| Score::all().map(move |score| part.score(score));
    let trained = Score::EVERY_EPOCH.map(|score| Part::Training.score(score));
    for score in on(Part::Validation).chain(trained).chain(on(Part::Test)) {
        columns.push(number(&score.id(), &|result| result.score(score)));
    }
    let final_epochs: Vec<Option<u64>> = runs
        .iter()
        .map(|(_, result)| result.final_epoch.map(|epoch| epoch as u64))
        .collect();
    columns.push(Column::new("final_epoch".into(), final_epochs));
    columns.push(number("seconds_per_epoch", &|result| {
        result.seconds_per_epoch
    }));
    columns.push(number("fit_time", &|result| Some(result.seconds)));
    let parameters: Vec<u64> = runs.iter().map(|(_, result)| result.parameters).collect();
    columns.push(Column::new("parameters".into(), parameters));
    columns.push(text("device", &|result| Some(result.device.clone())));
    DataFrame::new(runs.len(), columns)
}

fn epoch_frame(sweep: &Sweep, plan: &Plan, results: &Results) -> PolarsResult<DataFrame> {
    let epochs: Vec<(RunId, &EpochMetrics)> = recorded(plan, results)
        .flat_map(|(run, result)| result.epochs.iter().map(move |epoch| (run, epoch)))
        .collect();
    let mut columns = run_columns(sweep, plan, epochs.iter().map(|(run, _)| *run))?;
    let number = |name: &str, of: &dyn Fn(&EpochMetrics) -> Option<f64>| {
        let values: Vec<Option<f64>> = epochs.iter().map(|(_, epoch)| of(epoch)).collect();
        Column::new(name.into(), values)
    };
    let numbers: Vec<u64> = epochs.iter().map(|(_, epoch)| epoch.epoch as u64).collect();
    columns.push(Column::new("epoch".into(), numbers));
    // Every epoch has the first two scores of each part; the one that training monitors may be another.
    let of_part = |part: Part| Score::all().map(move |score| part.score(score));
    let measured = |score: &PartScore| {
        Score::EVERY_EPOCH.contains(&score.score)
            || epochs
                .iter()
                .any(|(_, epoch)| epoch.score(*score).is_some())
    };
    let scores = of_part(Part::Training).chain(of_part(Part::Validation));
    for score in scores.filter(measured) {
        columns.push(number(&score.id(), &|epoch| epoch.score(score)));
    }
    columns.push(number("learning_rate", &|epoch| Some(epoch.learning_rate)));
    columns.push(number("seconds", &|epoch| Some(epoch.seconds)));
    let layers = epochs.iter().map(|(_, epoch)| epoch.gradient_norms.len());
    for layer in 0..layers.max().unwrap_or(0) {
        let name = format!("gradient_norm_layer{}", layer + 1);
        let norm = EpochMetric::GradientNorm(layer);
        columns.push(number(&name, &|epoch| norm.value(epoch)));
    }
    DataFrame::new(epochs.len(), columns)
}

/// The columns that identify the run of each row, and its levels.
fn run_columns(
    sweep: &Sweep,
    plan: &Plan,
    rows: impl Iterator<Item = RunId>,
) -> PolarsResult<Vec<Column>> {
    let rows: Vec<RunId> = rows.collect();
    let names: Vec<&str> = rows
        .iter()
        .map(|run| plan.trials[run.trial].name.as_str())
        .collect();
    let repeats: Vec<u32> = rows.iter().map(|run| run.repeat).collect();
    let folds: Vec<u32> = rows.iter().map(|run| run.fold).collect();
    let mut columns = vec![
        Column::new("trial".into(), names),
        Column::new("repeat".into(), repeats),
        Column::new("fold".into(), folds),
    ];
    let trials: Vec<IdxSize> = rows.iter().map(|run| run.trial as IdxSize).collect();
    let trials = IdxCa::from_vec("trial".into(), trials);
    for factor in &plan.columns {
        columns.push(factor_column(sweep, plan, factor).take(&trials)?);
    }
    Ok(columns)
}
