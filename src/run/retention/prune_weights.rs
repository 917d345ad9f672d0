//! The weights of runs that stay, and their files.

use super::weight_retention::WeightRetention;
use crate::model_io::Weights;
use crate::plan::{Plan, RunId};
use crate::record::{
    InputPreprocessing, RecordError, RunResult, Store, has_weights, remove_weights, write_weights,
};
use crate::run::scheduler::dispatch::{DeviceSlot, Scheduler};
use crate::spec::{KeepWeights, Sweep};
use std::collections::HashMap;

impl Scheduler<'_> {
    /// Which weights stay, given the results that there are; removes those that do not.
    pub(crate) fn keeping(
        &self,
        results: &HashMap<RunId, RunResult>,
    ) -> Result<WeightRetention<'_>, RecordError> {
        kept(self.sweep, self.plan, self.store, results)
    }

    /// Writes the weights of a run's final network, and what its samples were normalised by where
    /// that is the run's own.
    pub(crate) fn write_weights(
        &self,
        place: &DeviceSlot,
        run: RunId,
        weights: &Weights,
    ) -> Result<(), RecordError> {
        let config = &self.plan.trials[run.trial].config;
        let folder = self.store.run_folder(self.plan, run);
        if let Some(own) = place.executor.normalisation(self.plan, run) {
            let scale = InputPreprocessing {
                mean: own.mean,
                standard_deviation: own.standard_deviation,
                fill: own.fill,
            };
            scale.write(&folder)?;
        }
        write_weights(&folder, config, weights)
    }

    /// Removes the weights of all runs of a trial.
    pub(crate) fn remove_weights(&self, trial: usize) -> Result<(), RecordError> {
        remove(self.plan, self.store, trial)
    }
}

/// Removes the weights of trials that are not among the best of the whole sweep: what each shard
/// keeps are the best of its own.
///
/// # Errors
/// Files that cannot be removed.
pub fn prune_weights(
    sweep: &Sweep,
    plan: &Plan,
    store: &Store,
    results: &HashMap<RunId, RunResult>,
) -> Result<(), RecordError> {
    match sweep.keep {
        KeepWeights::None => Ok(()),
        _ => kept(sweep, plan, store, results).map(drop),
    }
}

/// Which weights stay, given the results that there are; removes those that do not.
///
/// Only a trial that has weights takes the place of another: where the ranking has changed since, or
/// more trials are kept, the best may have none.
fn kept<'a>(
    sweep: &Sweep,
    plan: &'a Plan,
    store: &Store,
    results: &HashMap<RunId, RunResult>,
) -> Result<WeightRetention<'a>, RecordError> {
    let has_weights = |trial: usize| {
        let mut runs = plan.runs_of(trial);
        runs.any(|run| has_weights(&store.run_folder(plan, run)))
    };
    let mut keeping = WeightRetention::new(sweep, plan);
    for trial in 0..plan.trials.len() {
        if sweep.keep != KeepWeights::None && !has_weights(trial) {
            continue;
        }
        if let Some(trial) = keeping.ended(trial, results) {
            remove(plan, store, trial)?;
        }
    }
    Ok(keeping)
}

fn remove(plan: &Plan, store: &Store, trial: usize) -> Result<(), RecordError> {
    let mut runs = plan.runs_of(trial);
    runs.try_for_each(|run| remove_weights(&store.run_folder(plan, run)))
}
