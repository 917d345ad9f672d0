//! How far a sweep is, from its results alone.

use super::inventory::Inventory;
use super::reconcile::ReconcilePlan;
use super::store::{Results, Store};
use crate::outcome::Failure;
use crate::plan::{Plan, RunId};
use crate::record::error::RecordError;
use crate::record::run::checkpoint::{CHECKPOINT_FILE, Checkpoint};
use crate::record::tensorboard::event_dir::bytes_below;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// How far a sweep is.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepStatus {
    /// Runs that the sweep asks for.
    pub runs: usize,
    /// Runs that ended with metrics.
    pub finished: usize,
    /// Runs that failed, by their reasons.
    pub failed: BTreeMap<String, Vec<RunId>>,
    /// Runs that have no result, but a checkpoint to go on from.
    pub in_training: Vec<InTraining>,
    /// Runs that have neither.
    pub missing: usize,
    /// Of the missing, those whose results stand elsewhere in the sweep's folder: the next start
    /// puts them to their places.
    pub elsewhere: usize,
    /// Results of other settings, set aside or to be set aside.
    pub aside: usize,
    /// Folders of trials that the sweep does not ask for.
    pub unasked: Vec<String>,
    /// All that the sweep's folder takes on the disk, in bytes of its files.
    pub bytes: u64,
}

/// A run that has a checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct InTraining {
    /// The run.
    pub run: RunId,
    /// Epochs that are done and saved.
    pub epoch: usize,
    /// Epochs that it is to have, at most.
    pub epochs: usize,
    /// Since it was saved.
    pub age: Duration,
}

impl SweepStatus {
    /// How far a sweep is.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn read(store: &Store, plan: &Plan, now: SystemTime) -> Result<Self, RecordError> {
        let contents = Inventory::read(store.folder())?;
        let moves = ReconcilePlan::new(store, plan, &contents);
        let results = store.read(plan);
        let open = plan.runs().filter(|run| !results.runs.contains_key(run));
        let mut in_training = Vec::new();
        let mut missing = 0;
        for run in open {
            match saved(store, plan, run, now) {
                Some(saved) => in_training.push(saved),
                None => missing += 1,
            }
        }
        let failed = failures(plan, &results);
        let aside = contents
            .aside
            .iter()
            .filter_map(|folder| folder.record.as_ref());
        Ok(Self {
            runs: plan.runs().count(),
            finished: results.runs.len() - failed.values().map(Vec::len).sum::<usize>(),
            failed,
            in_training,
            missing,
            elsewhere: moves.kept().len(),
            aside: aside.filter(|record| record.has_ended()).count() + moves.set_aside().len()
                - moves.kept_from_aside(),
            unasked: moves.unasked,
            bytes: bytes_below(store.folder()),
        })
    }

    /// Runs that failed.
    pub fn failures(&self) -> usize {
        self.failed.values().map(Vec::len).sum()
    }

    /// Whether each run has a result.
    pub fn is_complete(&self) -> bool {
        self.missing == 0 && self.in_training.is_empty()
    }
}

/// What a run can go on from.
fn saved(store: &Store, plan: &Plan, run: RunId, now: SystemTime) -> Option<InTraining> {
    let folder = store.run_folder(plan, run);
    let checkpoint = Checkpoint::read(&folder, store.identity(run))?;
    let written = folder
        .join(CHECKPOINT_FILE)
        .metadata()
        .and_then(|about| about.modified());
    let age = written
        .ok()
        .and_then(|written| now.duration_since(written).ok());
    Some(InTraining {
        run,
        epoch: checkpoint.state.epoch,
        epochs: plan.trials[run.trial].config.training.epochs.get(),
        age: age.unwrap_or_default(),
    })
}

/// The runs that failed, by reasons that do not name the run's epoch.
fn failures(plan: &Plan, results: &Results) -> BTreeMap<String, Vec<RunId>> {
    let mut failures: BTreeMap<String, Vec<RunId>> = BTreeMap::new();
    for run in plan.runs() {
        let failure = results.runs.get(&run).and_then(|run| run.failure.as_ref());
        let reason = failure.map(|failure| match failure {
            Failure::Diverged { .. } => {
                "diverged: the loss or its gradient is not finite; a lower learning rate may help"
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
