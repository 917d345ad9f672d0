//! The progress of a sweep, from its results.

use super::inventory::Inventory;
use super::reconcile::ReconcilePlan;
use super::store::{Results, Store};
use crate::outcome::Failure;
use crate::plan::{Plan, RunId};
use crate::record::error::RecordError;
use crate::record::fs::folder::size_on_disk;
use crate::record::run::checkpoint::{CHECKPOINT_FILE, Checkpoint};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// The progress of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepStatus {
    /// Number of runs of the sweep.
    pub runs: usize,
    /// Number of runs that finished.
    pub finished: usize,
    /// Runs that failed, by reason.
    pub failed: BTreeMap<String, Vec<RunId>>,
    /// Runs without a result that have a checkpoint.
    pub in_training: Vec<RunInTraining>,
    /// Number of runs with neither.
    pub missing: usize,
    /// Number of missing runs whose results are elsewhere in the folder of the sweep: the next start moves
    /// them to their places.
    pub misplaced: usize,
    /// Number of results of other settings, archived or to be archived.
    pub archived: usize,
    /// Folders of trials that are not in the sweep.
    pub unexpected_trials: Vec<String>,
    /// Size of all files in the folder of the sweep, in bytes.
    pub bytes: u64,
}

/// A run that has a checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct RunInTraining {
    /// The run.
    pub run: RunId,
    /// Number of epochs in the checkpoint.
    pub epochs_done: usize,
    /// Maximum number of epochs of the run.
    pub max_epochs: usize,
    /// Time since the checkpoint was written.
    pub checkpoint_age: Duration,
}

impl SweepStatus {
    /// Determines the progress of a sweep at the time `now`.
    ///
    /// # Errors
    /// The folder of the sweep cannot be read.
    pub fn read(store: &Store, plan: &Plan, now: SystemTime) -> Result<Self, RecordError> {
        let inventory = Inventory::read(store.folder())?;
        let reconcile = ReconcilePlan::new(store, plan, &inventory);
        let results = store.read(plan);
        let unfinished = plan.runs().filter(|run| !results.runs.contains_key(run));
        let mut in_training = Vec::new();
        let mut missing = 0;
        for run in unfinished {
            match run_in_training(store, plan, run, now) {
                Some(found) => in_training.push(found),
                None => missing += 1,
            }
        }
        let failed = failures(plan, &results);
        let archived = inventory.archived.iter();
        let archived_records = archived.filter_map(|folder| folder.record.as_ref());
        let archived_results = archived_records
            .filter(|record| record.is_complete())
            .count();
        Ok(Self {
            runs: plan.runs().count(),
            finished: results.runs.len() - failed.values().map(Vec::len).sum::<usize>(),
            failed,
            in_training,
            missing,
            misplaced: reconcile.restored_runs().len(),
            archived: archived_results + reconcile.archived_paths().len()
                - reconcile.restored_from_archive(),
            unexpected_trials: reconcile.unexpected_trials,
            bytes: size_on_disk(store.folder()),
        })
    }

    /// Number of runs that failed.
    pub fn failed_count(&self) -> usize {
        self.failed.values().map(Vec::len).sum()
    }

    /// Whether every run has a result.
    pub fn is_complete(&self) -> bool {
        self.missing == 0 && self.in_training.is_empty()
    }
}

/// The checkpoint of a run, if it has one.
fn run_in_training(
    store: &Store,
    plan: &Plan,
    run: RunId,
    now: SystemTime,
) -> Option<RunInTraining> {
    let folder = store.run_folder(plan, run);
    let checkpoint = Checkpoint::read(&folder, store.run_hash(run))?;
    let written = folder
        .join(CHECKPOINT_FILE)
        .metadata()
        .and_then(|metadata| metadata.modified());
    let age = written
        .ok()
        .and_then(|written| now.duration_since(written).ok());
    Some(RunInTraining {
        run,
        epochs_done: checkpoint.state.epoch,
        max_epochs: plan.trials[run.trial].config.training.epochs.get(),
        checkpoint_age: age.unwrap_or_default(),
    })
}

/// The failed runs by reason; reasons do not contain the epoch of the run.
fn failures(plan: &Plan, results: &Results) -> BTreeMap<String, Vec<RunId>> {
    let mut failures: BTreeMap<String, Vec<RunId>> = BTreeMap::new();
    for run in plan.runs() {
        let failure = results.runs.get(&run).and_then(|run| run.failure.as_ref());
        let reason = failure.map(|failure| match failure {
            Failure::Diverged { .. } => {
                "diverged: the loss or its gradient is not finite; try a lower learning rate"
                    .to_owned()
            }
            Failure::Crashed { message, .. } => {
                format!("failed: {}", message.lines().next().unwrap_or_default())
            }
        });
        if let Some(reason) = reason {
            failures.entry(reason).or_default().push(run);
        }
    }
    failures
}
