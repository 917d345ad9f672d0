//! Writes the weights of runs, and removes those that are not kept.

use super::weight_retention::{WeightRetention, final_choice};
use crate::model_io::Weights;
use crate::plan::{Plan, RunId};
use crate::record::{
    InputPreprocessing, RecordError, Results, Store, has_weights, remove_weights, write_weights,
};
use crate::run::context::{DeviceSlot, ExecutionContext};
use crate::spec::{KeepWeights, Sweep};

/// Removes the weights of trials that are not among the best of the whole sweep, and not chosen: each
/// shard keeps the best of its runs, and those that may be chosen.
///
/// # Errors
/// Files that cannot be removed.
pub fn prune_weights(
    sweep: &Sweep,
    plan: &Plan,
    store: &Store,
    results: &Results,
) -> Result<(), RecordError> {
    match sweep.options.keep {
        KeepWeights::None => Ok(()),
        _ => weights_to_keep(sweep, plan, store, results).map(drop),
    }
}

/// Determines which weights are kept, given the results so far, and removes all others.
///
/// Only a trial that has weights can supersede another: after a change of the ranking or of the
/// number of trials to keep, the best trial may have none.
pub(crate) fn weights_to_keep<'a>(
    sweep: &'a Sweep,
    plan: &'a Plan,
    store: &Store,
    results: &Results,
) -> Result<WeightRetention<'a>, RecordError> {
    let has_weights = |trial: usize| {
        let mut runs = plan.runs_of(trial);
        runs.any(|run| has_weights(&store.run_folder(plan, run)))
    };
    let mut retention = WeightRetention::new(sweep, plan, results);
    for trial in 0..plan.trials.len() {
        if sweep.options.keep != KeepWeights::None && !has_weights(trial) {
            continue;
        }
        for trial in retention.trials_to_prune(trial, &results.runs) {
            remove_trial_weights(plan, store, trial)?;
        }
    }
    if let Some(chosen) = final_choice(sweep, plan, results) {
        for trial in retention.settle(chosen) {
            remove_trial_weights(plan, store, trial)?;
        }
    }
    Ok(retention)
}

/// Writes the weights of a run's final network, and the normalisation of its samples where the run
/// has computed its own.
pub(crate) fn save_weights(
    context: &ExecutionContext,
    slot: &DeviceSlot,
    run: RunId,
    weights: &Weights,
) -> Result<(), RecordError> {
    let config = &context.plan.trials[run.trial].config;
    let folder = context.store.run_folder(context.plan, run);
    if let Some(normalisation) = slot.executor.normalisation(context.plan, run) {
        let scale = InputPreprocessing {
            mean: normalisation.mean,
            standard_deviation: normalisation.standard_deviation,
            fill: normalisation.fill_values,
        };
        scale.write(&folder)?;
    }
    write_weights(&folder, config, weights)
}

/// Removes the weights of all runs of a trial.
pub(crate) fn remove_trial_weights(
    plan: &Plan,
    store: &Store,
    trial: usize,
) -> Result<(), RecordError> {
    let mut runs = plan.runs_of(trial);
    runs.try_for_each(|run| remove_weights(&store.run_folder(plan, run)))
}
