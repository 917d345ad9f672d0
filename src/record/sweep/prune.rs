//! What a sweep's folder holds that has no use for the sweep as it is now.

use super::inventory::{ASIDE, Inventory, RunFolder, is_folder};
use super::reconcile::ReconcilePlan;
use super::store::{Results, Store};
use crate::model_io::WEIGHTS_FILE;
use crate::plan::Plan;
use crate::record::error::RecordError;
use crate::record::fs::atomic::{is_part, remove_file};
use crate::record::run::checkpoint::CHECKPOINT_FILE;
use crate::record::run::input_scale::INPUT_FILE;
use crate::record::tensorboard::event_dir::{bytes_below, remove};
use crate::record::tensorboard::event_file::is_event_file;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// A file or folder that has no use for the sweep as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct PrunePlan {
    /// Where it is.
    pub path: PathBuf,
    /// What it takes on the disk, in bytes of its files.
    pub bytes: u64,
    /// Why it has no use.
    pub why: PruneReason,
    /// Runs with a result in it.
    pub results: usize,
}

/// Why something has no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PruneReason {
    /// A run of other settings, or of another sweep of this name.
    #[error("of other settings")]
    OtherSettings,
    /// Scores over runs of other settings.
    #[error("scores of other settings")]
    OtherScores,
    /// A trial of which the sweep says nothing.
    #[error("a trial that the sweep does not ask for")]
    Unasked,
    /// What an attempt left whose run has ended since.
    #[error("left by an unfinished attempt")]
    Leftover,
    /// Weights of a trial that is not among the best.
    #[error("weights that `keep` does not ask for")]
    Weights,
}

impl PrunePlan {
    /// What has no use, in the order of paths. `weightless` are the trials whose weights are not to
    /// be kept.
    ///
    /// Only what this program writes is ever named, and nothing that a run of the sweep, here or
    /// elsewhere in the folder, can use.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn find(
        store: &Store,
        plan: &Plan,
        results: &Results,
        weightless: &[usize],
    ) -> Result<Vec<Self>, RecordError> {
        let contents = Inventory::read(store.folder())?;
        let moves = ReconcilePlan::new(store, plan, &contents);
        // Sorted, and each path once.
        let mut found: BTreeMap<PathBuf, PruneReason> = BTreeMap::new();
        found.extend(strays(&contents, &moves, plan));
        let folder = store.folder();
        let inner = |path: PathBuf, why| {
            (
                path.strip_prefix(folder)
                    .map_or(path.clone(), Path::to_owned),
                why,
            )
        };
        let runs = results.runs.iter();
        for (run, result) in runs.filter(|(_, result)| !result.is_to_be_retried()) {
            let run_folder = store.run_folder(plan, *run);
            let left = leftovers(&run_folder, result.events.as_deref()).into_iter();
            found.extend(left.map(|path| inner(path, PruneReason::Leftover)));
        }
        let tops = contents.trials.iter().map(|trial| folder.join(&trial.name));
        for top in [folder.to_owned()].into_iter().chain(tops) {
            let parts = parts_in(&top).into_iter();
            found.extend(parts.map(|path| inner(path, PruneReason::Leftover)));
        }
        for run in weightless.iter().flat_map(|&trial| plan.runs_of(trial)) {
            for name in [WEIGHTS_FILE, INPUT_FILE] {
                let path = store.run_folder(plan, run).join(name);
                if path.is_file() {
                    found.extend([inner(path, PruneReason::Weights)]);
                }
            }
        }
        let tops: HashSet<PathBuf> = found.keys().cloned().collect();
        found.retain(|path, _| path.ancestors().skip(1).all(|above| !tops.contains(above)));
        let measured = found.into_iter().map(|(path, why)| {
            let results = contents.results_below(&path);
            let path = folder.join(path);
            let bytes = bytes_below(&path);
            Self {
                path,
                bytes,
                why,
                results,
            }
        });
        Ok(measured.collect())
    }

    /// Removes it.
    ///
    /// # Errors
    /// A file or folder that cannot be removed.
    pub fn remove(&self) -> Result<(), RecordError> {
        match is_folder(&self.path) {
            true => remove(&self.path)?,
            false => remove_file(&self.path)?,
        }
        if let Some(above) = self.path.parent().filter(|above| above.ends_with(ASIDE)) {
            // Empty, once all in it is gone.
            let _ = std::fs::remove_dir(above);
        }
        Ok(())
    }
}

/// Runs and trials that do not belong, by their paths below the sweep's folder.
fn strays(contents: &Inventory, moves: &ReconcilePlan, plan: &Plan) -> Vec<(PathBuf, PruneReason)> {
    let kept: HashSet<&Path> = moves.kept_paths().collect();
    let is_kept = |folder: &RunFolder| kept.contains(folder.path.as_path());
    let mut strays = Vec::new();
    for folder in contents.aside.iter().filter(|folder| !is_kept(folder)) {
        strays.push((folder.path.clone(), PruneReason::OtherSettings));
    }
    for (path, trial) in moves
        .paths_away()
        .filter_map(|path| Some((path, path.parent()?)))
    {
        strays.push((path.to_owned(), PruneReason::OtherSettings));
        for scores in contents.trials.iter().flat_map(|trial| &trial.runs) {
            if scores.path.parent() == Some(trial) && scores.is_scores() {
                strays.push((scores.path.clone(), PruneReason::OtherScores));
            }
        }
    }
    let planned: HashSet<&str> = plan.trials.iter().map(|t| t.name.as_str()).collect();
    let places: HashSet<PathBuf> = plan.runs().map(|run| plan.folder(run)).collect();
    for trial in &contents.trials {
        let ours = trial.runs.iter().filter(|folder| folder.is_ours());
        if planned.contains(trial.name.as_str()) {
            let old = ours.filter(|folder| folder.is_run() && folder.record.is_none());
            let old = old.filter(|folder| !places.contains(&folder.path));
            strays.extend(old.map(|folder| (folder.path.clone(), PruneReason::Leftover)));
        } else if !trial.runs.iter().any(is_kept) {
            // A folder in which nothing is of this program is somebody's own.
            if ours.clone().next().is_some() {
                strays.push((PathBuf::from(&trial.name), PruneReason::Unasked));
            }
        } else {
            let others = ours.filter(|folder| !is_kept(folder));
            strays.extend(others.map(|folder| (folder.path.clone(), PruneReason::Unasked)));
        }
    }
    strays
}

/// What unfinished attempts have left in the folder of a run that has ended; `events` is the event
/// file that its result names.
fn leftovers(run_folder: &Path, events: Option<&str>) -> Vec<PathBuf> {
    let files = files_in(run_folder);
    let is_there = |wanted: &&str| files.iter().any(|(name, _)| name == wanted);
    let kept = events.filter(is_there).or_else(|| latest_events(&files));
    let is_left = |name: &String| {
        is_part(name)
            || name == CHECKPOINT_FILE
            || is_event_file(name) && kept != Some(name.as_str())
    };
    let left = files.iter().filter(|(name, _)| is_left(name));
    left.map(|(_, path)| path.clone()).collect()
}

/// The event file that was begun last: by the time in its name; in one second, by when it was
/// last written.
fn latest_events(files: &[(String, PathBuf)]) -> Option<&str> {
    let events = files.iter().filter(|(name, _)| is_event_file(name));
    let latest = events.max_by_key(|(name, path)| {
        let written = path.metadata().and_then(|about| about.modified()).ok();
        let time: u64 = name
            .split('.')
            .nth(3)
            .and_then(|time| time.parse().ok())
            .unwrap_or(0);
        (time, written)
    });
    latest.map(|(name, _)| name.as_str())
}

/// Files and folders in a folder that are not whole.
fn parts_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let parts = entries.filter(|entry| is_part(&entry.file_name().to_string_lossy()));
    parts.map(|entry| entry.path()).collect()
}

/// The files in a folder that have names of text.
fn files_in(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let named =
        files.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())));
    named.collect()
}
