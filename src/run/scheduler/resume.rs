//! Runs that go on from a checkpoint.

use super::dispatch::{DeviceSlot, Scheduler};
use crate::plan::{Plan, RunId};
use crate::record::{
    Checkpoint, RecordError, Recorder, RunResult, Store, remove_best, remove_cv_scores,
    remove_leftovers, remove_temp_files,
};
use crate::run::observers::cohort_recorder::wall_time;
use crate::train::is_compatible;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// The open records of a run, and what it goes on from.
pub(crate) struct Opened {
    pub(crate) recorder: Recorder,
    pub(crate) checkpoint: Option<Checkpoint>,
}

impl Scheduler<'_> {
    /// Opens the records of a cohort's runs: all go on from the same epoch, or all start.
    pub(crate) fn open(
        &self,
        place: &DeviceSlot,
        runs: &[RunId],
    ) -> Result<Vec<Opened>, RecordError> {
        for &run in runs {
            // What is told of the trial is no longer told of its runs.
            let trial_folder = self.store.trial_folder(self.plan, run.trial);
            remove_cv_scores(&trial_folder)?;
            remove_best(&trial_folder)?;
        }
        let device = place_kind(&place.device);
        let checkpoints = runs.iter().map(|&run| self.checkpoint(run, device));
        let checkpoints: Option<Vec<Checkpoint>> = checkpoints.collect();
        if let Some(checkpoints) = checkpoints.filter(|all| are_of_one_epoch(all))
            && let Some(opened) = self.resume(place, runs, checkpoints)?
        {
            return Ok(opened);
        }
        let start = |&run: &RunId| {
            let folder = self.store.run_folder(self.plan, run);
            let recorder = Recorder::start(&folder, &self.header(place, run), wall_time())?;
            Ok(Opened {
                recorder,
                checkpoint: None,
            })
        };
        runs.iter().map(start).collect()
    }

    fn resume(
        &self,
        place: &DeviceSlot,
        runs: &[RunId],
        checkpoints: Vec<Checkpoint>,
    ) -> Result<Option<Vec<Opened>>, RecordError> {
        let mut opened = Vec::with_capacity(runs.len());
        for (&run, checkpoint) in runs.iter().zip(checkpoints) {
            let folder = self.store.run_folder(self.plan, run);
            let header = self.header(place, run);
            let recorder = Recorder::resume(&folder, &header, &checkpoint, wall_time())?;
            let Some(recorder) = recorder else {
                return Ok(None);
            };
            opened.push(Opened {
                recorder,
                checkpoint: Some(checkpoint),
            });
        }
        Ok(Some(opened))
    }

    /// What a run can go on from on devices of this kind, if there is anything.
    pub(crate) fn checkpoint(&self, run: RunId, device: &str) -> Option<Checkpoint> {
        let folder = self.store.run_folder(self.plan, run);
        let checkpoint = Checkpoint::read(&folder, self.store.run_hash(run))?;
        let config = &self.plan.trials[run.trial].config;
        let can_go_on = checkpoint.device == device && is_compatible(config, &checkpoint.state);
        can_go_on.then_some(checkpoint)
    }
}

/// Removes what attempts at runs that have ended have left: a process that was killed, or another
/// machine's whose files were not seen yet when the result was written. A run that is to be tried
/// again has not ended: its checkpoint is of the next attempt.
///
/// # Errors
/// Files that cannot be removed.
pub fn remove_leftovers_of_ended(
    plan: &Plan,
    store: &Store,
    results: &HashMap<RunId, RunResult>,
) -> Result<(), RecordError> {
    let runs = results.par_iter();
    let ended = runs.filter(|(_, result)| !result.should_retry());
    ended.try_for_each(|(&run, result)| remove_leftovers(&store.run_folder(plan, run), result))?;
    let trials: BTreeSet<usize> = results.keys().map(|run| run.trial).collect();
    let folders = trials.iter().map(|&trial| store.trial_folder(plan, trial));
    let mut folders = folders.chain([store.folder().to_owned()]);
    folders.try_for_each(|folder| remove_temp_files(&folder))
}

/// The kind of a device: `cuda` for `cuda:1`. What one kind computes, another does not to the bit.
pub(crate) fn place_kind(device: &str) -> &str {
    device.split(':').next().unwrap_or(device)
}

fn are_of_one_epoch(checkpoints: &[Checkpoint]) -> bool {
    let mut epochs = checkpoints.iter().map(|checkpoint| checkpoint.state.epoch);
    let first = epochs.next();
    epochs.all(|epoch| Some(epoch) == first)
}
