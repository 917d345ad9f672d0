//! Finds and removes files and folders that the current sweep does not need.

use super::inventory::{ARCHIVE_FOLDER, Inventory, RunFolder};
use super::reconcile::ReconcilePlan;
use super::store::{Results, Store};
use crate::model_io::WEIGHTS_FILE;
use crate::plan::Plan;
use crate::record::error::RecordError;
use crate::record::fs::folder::{
    entry_names, file_names, is_folder, remove_file, remove_folder, size_on_disk,
};
use crate::record::fs::temp_file::is_temp;
use crate::record::run::checkpoint::CHECKPOINT_FILE;
use crate::record::run::input_preprocessing::INPUT_FILE;
use crate::record::tensorboard::event_file::is_event_file;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// A file or folder that the current sweep does not need.
#[derive(Clone, Debug, PartialEq)]
pub struct Prunable {
    /// Its path.
    pub path: PathBuf,
    /// The size of its files, in bytes.
    pub bytes: u64,
    /// Why it is not needed.
    pub reason: PruneReason,
    /// Number of results in it.
    pub results: usize,
}

/// Why a file or folder is not needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PruneReason {
    /// A run of other settings, or of another sweep with the same name.
    #[error("results with different settings")]
    OtherSettings,
    /// Scores of runs of other settings.
    #[error("scores with different settings")]
    OtherScores,
    /// A trial that is not in the sweep.
    #[error("trial that is not in the sweep")]
    UnexpectedTrial,
    /// A file of an attempt at a run that is complete now.
    #[error("left by an interrupted run")]
    Leftover,
    /// Weights of a trial that is not among the best.
    #[error("weights that `keep` does not retain")]
    Weights,
}

impl Prunable {
    /// Finds all prunable files and folders, sorted by path. `without_weights` are the trials whose weights
    /// are not retained.
    ///
    /// Finds only files and folders that tp-sweep writes, and none that a run of the sweep can use, even
    /// if it is misplaced.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn find(
        store: &Store,
        plan: &Plan,
        results: &Results,
        without_weights: &[usize],
    ) -> Result<Vec<Self>, RecordError> {
        let inventory = Inventory::read(store.folder())?;
        let reconcile = ReconcilePlan::new(store, plan, &inventory);
        // Sorted by path, and each path once.
        let mut found: BTreeMap<PathBuf, PruneReason> = BTreeMap::new();
        found.extend(unneeded_folders(&inventory, &reconcile, plan));
        let folder = store.folder();
        let relative = |path: PathBuf, reason| {
            let inner = path
                .strip_prefix(folder)
                .map_or(path.clone(), Path::to_owned);
            (inner, reason)
        };
        let runs = results.runs.iter();
        for (run, result) in runs.filter(|(_, result)| !result.should_retry()) {
            let run_folder = store.run_folder(plan, *run);
            let files = leftovers(&run_folder, result.events.as_deref()).into_iter();
            found.extend(files.map(|path| relative(path, PruneReason::Leftover)));
        }
        let trial_folders = inventory
            .trials
            .iter()
            .map(|trial| folder.join(&trial.name));
        for parent in [folder.to_owned()].into_iter().chain(trial_folders) {
            let entries = temp_entries(&parent).into_iter();
            found.extend(entries.map(|path| relative(path, PruneReason::Leftover)));
        }
        for run in without_weights
            .iter()
            .flat_map(|&trial| plan.runs_of(trial))
        {
            for name in [WEIGHTS_FILE, INPUT_FILE] {
                let path = store.run_folder(plan, run).join(name);
                if path.is_file() {
                    found.extend([relative(path, PruneReason::Weights)]);
                }
            }
        }
        // A folder includes all that is in it.
        let paths: HashSet<PathBuf> = found.keys().cloned().collect();
        found.retain(|path, _| {
            path.ancestors()
                .skip(1)
                .all(|parent| !paths.contains(parent))
        });
        let prunable = found.into_iter().map(|(relative_path, reason)| {
            let path = folder.join(&relative_path);
            Self {
                bytes: size_on_disk(&path),
                path,
                reason,
                results: inventory.results_below(&relative_path),
            }
        });
        Ok(prunable.collect())
    }

    /// Removes the file or folder.
    ///
    /// # Errors
    /// The file or folder cannot be removed.
    pub fn remove(&self) -> Result<(), RecordError> {
        if is_folder(&self.path) {
            remove_folder(&self.path)?;
        } else {
            remove_file(&self.path)?;
        }
        let parent = self.path.parent();
        if let Some(archive) = parent.filter(|parent| parent.ends_with(ARCHIVE_FOLDER)) {
            // Succeeds once the archive is empty.
            let _ = std::fs::remove_dir(archive);
        }
        Ok(())
    }
}

/// Folders of runs, scores and trials that the sweep does not need, relative to the folder of the sweep.
fn unneeded_folders(
    inventory: &Inventory,
    reconcile: &ReconcilePlan,
    plan: &Plan,
) -> Vec<(PathBuf, PruneReason)> {
    let needed: HashSet<&Path> = reconcile.restored_paths().collect();
    let is_needed = |folder: &RunFolder| needed.contains(folder.path.as_path());
    let mut unneeded = Vec::new();
    for folder in inventory
        .archived
        .iter()
        .filter(|folder| !is_needed(folder))
    {
        unneeded.push((folder.path.clone(), PruneReason::OtherSettings));
    }
    for (path, trial) in reconcile
        .misplaced_paths()
        .filter_map(|path| Some((path, path.parent()?)))
    {
        unneeded.push((path.to_owned(), PruneReason::OtherSettings));
        for scores in inventory.trials.iter().flat_map(|trial| &trial.subfolders) {
            if scores.path.parent() == Some(trial) && scores.has_scores() {
                unneeded.push((scores.path.clone(), PruneReason::OtherScores));
            }
        }
    }
    let planned: HashSet<&str> = plan.trials.iter().map(|t| t.name.as_str()).collect();
    let run_paths: HashSet<PathBuf> = plan.runs().map(|run| plan.folder(run)).collect();
    for trial in &inventory.trials {
        let mut managed = trial.subfolders.iter().filter(|folder| folder.is_managed());
        if planned.contains(trial.name.as_str()) {
            let unplanned = managed
                .filter(|folder| folder.is_run() && folder.record.is_none())
                .filter(|folder| !run_paths.contains(&folder.path));
            unneeded.extend(unplanned.map(|folder| (folder.path.clone(), PruneReason::Leftover)));
        } else if !trial.subfolders.iter().any(is_needed) {
            // A folder without anything written by tp-sweep belongs to the user.
            if managed.next().is_some() {
                unneeded.push((PathBuf::from(&trial.name), PruneReason::UnexpectedTrial));
            }
        } else {
            let unexpected = managed.filter(|folder| !is_needed(folder));
            unneeded.extend(
                unexpected.map(|folder| (folder.path.clone(), PruneReason::UnexpectedTrial)),
            );
        }
    }
    unneeded
}

/// The files of unfinished attempts in the folder of a complete run, whose result names the event file
/// `events`.
fn leftovers(run_folder: &Path, events: Option<&str>) -> Vec<PathBuf> {
    let files = file_names(run_folder).unwrap_or_default();
    let exists = |wanted: &&str| files.iter().any(|name| name == wanted);
    let kept = events
        .filter(exists)
        .or_else(|| latest_event_file(run_folder, &files));
    let is_leftover = |name: &&String| {
        is_temp(name)
            || *name == CHECKPOINT_FILE
            || is_event_file(name) && kept != Some(name.as_str())
    };
    let leftovers = files.iter().filter(is_leftover);
    leftovers.map(|name| run_folder.join(name)).collect()
}

/// The event file that was created last, by the time in its name. Of several in one second, the one that
/// was modified last.
fn latest_event_file<'a>(run_folder: &Path, files: &'a [String]) -> Option<&'a str> {
    let events = files.iter().filter(|name| is_event_file(name));
    let latest = events.max_by_key(|name| {
        let metadata = run_folder.join(name).metadata();
        let modified = metadata.and_then(|metadata| metadata.modified()).ok();
        let created: u64 = name
            .split('.')
            .nth(3)
            .and_then(|time| time.parse().ok())
            .unwrap_or(0);
        (created, modified)
    });
    latest.map(String::as_str)
}

/// The temporary files and folders in a folder.
fn temp_entries(folder: &Path) -> Vec<PathBuf> {
    let names = entry_names(folder).unwrap_or_default().into_iter();
    let temps = names.filter(|name| is_temp(name));
    temps.map(|name| folder.join(name)).collect()
}
