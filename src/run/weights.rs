//! The weights of runs that stay, and their files.

use super::keeping::Keeping;
use super::scheduler::Schedule;
use crate::plan::RunId;
use crate::record::{RecordError, RunResult, has_weights, remove_weights, write_weights};
use crate::spec::Keep;
use crate::trained::Weights;
use std::collections::HashMap;

impl Schedule<'_> {
    /// Which weights stay, given the results that there are; removes those that do not.
    ///
    /// Only a trial that has weights takes the place of another: where the ranking has changed
    /// since, or more trials are kept, the best may have none.
    pub(super) fn keeping(
        &self,
        results: &HashMap<RunId, RunResult>,
    ) -> Result<Keeping<'_>, RecordError> {
        let mut keeping = Keeping::new(self.sweep, self.plan);
        for trial in 0..self.plan.trials.len() {
            if self.sweep.keep != Keep::None && !self.has_weights(trial) {
                continue;
            }
            if let Some(trial) = keeping.ended(trial, results) {
                self.remove_weights(trial)?;
            }
        }
        Ok(keeping)
    }

    /// Whether a run of a trial has its weights.
    fn has_weights(&self, trial: usize) -> bool {
        let mut runs = self.plan.runs_of(trial);
        runs.any(|run| has_weights(&self.store.run_folder(self.plan, run)))
    }

    /// Writes the weights of a run's final network.
    pub(super) fn write_weights(&self, run: RunId, weights: &Weights) -> Result<(), RecordError> {
        let config = &self.plan.trials[run.trial].config;
        write_weights(&self.store.run_folder(self.plan, run), config, weights)
    }

    /// Removes the weights of all runs of a trial.
    pub(super) fn remove_weights(&self, trial: usize) -> Result<(), RecordError> {
        let mut runs = self.plan.runs_of(trial);
        runs.try_for_each(|run| remove_weights(&self.store.run_folder(self.plan, run)))
    }
}
