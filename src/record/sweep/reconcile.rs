//! Plans how the results in the folder of a sweep follow an edited sweep file: results that still belong
//! to a run move to its place, and results of other settings are archived until their settings return.
//!
//! A result is identified by its run hash, not by the name of its folder.

use super::inventory::{
    ARCHIVE_FOLDER, Inventory, LAUNCH_FOLDER, RunFolder, RunRecord, RunState, TrialFolder,
    record_in,
};
use super::store::Store;
use crate::plan::{KEYS_OUTSIDE_HASH, Plan, RunHash, RunId};
use crate::record::error::RecordError;
use crate::record::fs::folder::subfolder_names;
use crate::record::run::result_file::recorded_config;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// The moves in the folder of a sweep after which the folder of each run contains its own record, if
/// there is one, and no record of another run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReconcilePlan {
    /// Records of other settings in the folders of trials of the sweep.
    pub(super) to_archive: Vec<ArchiveMove>,
    /// Misplaced records of runs of the sweep.
    pub(super) to_restore: Vec<RestoreMove>,
    /// Runs whose result is in its place, but names an old name of the trial.
    pub(super) to_rename: Vec<RunId>,
    /// Trials in the folder that are not in the sweep, after all moves.
    pub unexpected_trials: Vec<String>,
    /// Whether the archive contains runs.
    pub(super) has_archive: bool,
}

/// A record to be archived.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ArchiveMove {
    /// The folder of the record, relative to the folder of the sweep.
    pub(super) path: PathBuf,
    pub(super) record: RunRecord,
    /// The run of the sweep that has this folder, if any.
    run: Option<RunId>,
    /// Whether the record is then restored to another run.
    is_restored: bool,
    /// Whether the same record is also in its place: a user has copied the folder of a run.
    pub(super) is_duplicate: bool,
}

/// A record to be moved to the folder of its run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RestoreMove {
    /// The folder of the record, relative to the folder of the sweep.
    pub(super) path: PathBuf,
    pub(super) record: RunRecord,
    /// The run that the record belongs to.
    pub(super) run: RunId,
}

impl ReconcilePlan {
    /// Plans the moves, given the inventory of the folder of the sweep.
    pub fn new(store: &Store, plan: &Plan, inventory: &Inventory) -> Self {
        let run_folders: HashMap<PathBuf, RunId> =
            plan.runs().map(|run| (plan.folder(run), run)).collect();
        let planned: HashSet<&str> = plan.trials.iter().map(|t| t.name.as_str()).collect();
        let mut reconcile = Self {
            has_archive: !inventory.archived.is_empty(),
            ..Self::default()
        };
        let mut in_place: HashMap<RunId, &RunRecord> = HashMap::new();
        let mut misplaced: HashMap<&RunHash, Vec<&RunFolder>> = HashMap::new();
        for trial in &inventory.trials {
            for folder in &trial.subfolders {
                let Some(record) = &folder.record else {
                    continue;
                };
                let run = run_folders.get(&folder.path).copied();
                if let Some(run) = run.filter(|run| *store.run_hash(*run) == record.run_hash) {
                    in_place.insert(run, record);
                    continue;
                }
                misplaced.entry(&record.run_hash).or_default().push(folder);
                if planned.contains(trial.name.as_str()) {
                    reconcile.to_archive.push(ArchiveMove {
                        path: folder.path.clone(),
                        record: record.clone(),
                        run,
                        is_restored: false,
                        is_duplicate: false,
                    });
                }
            }
        }
        for folder in &inventory.archived {
            if let Some(record) = &folder.record {
                misplaced.entry(&record.run_hash).or_default().push(folder);
            }
        }
        for run in plan.runs() {
            let existing = in_place.get(&run);
            if let Some(RunState::Complete { trial }) = existing.map(|record| &record.state) {
                if *trial != plan.trials[run.trial].name {
                    reconcile.to_rename.push(run);
                }
                continue;
            }
            let saved_epochs = existing.map_or(0, |record| record.saved_epochs());
            let candidates = misplaced.get_mut(store.run_hash(run));
            if is_not_linked(store, plan, run)
                && let Some(folder) = candidates.and_then(|found| take_best(found, saved_epochs))
                && let Some(record) = folder.record.clone()
            {
                let path = folder.path.clone();
                reconcile.to_restore.push(RestoreMove { path, record, run });
            }
        }
        let restored: HashSet<&Path> = reconcile
            .to_restore
            .iter()
            .map(|restore| restore.path.as_path())
            .collect();
        let hashes_in_place: HashSet<&RunHash> = in_place.values().map(|r| &r.run_hash).collect();
        for archive in &mut reconcile.to_archive {
            archive.is_restored = restored.contains(archive.path.as_path());
            archive.is_duplicate =
                !archive.is_restored && hashes_in_place.contains(&archive.record.run_hash);
        }
        let is_emptied = |trial: &TrialFolder| {
            let mut records = trial
                .subfolders
                .iter()
                .filter(|folder| folder.record.is_some());
            let has_records = records.clone().next().is_some();
            has_records && records.all(|folder| restored.contains(folder.path.as_path()))
        };
        let unexpected = inventory
            .trials
            .iter()
            .filter(|trial| trial.is_managed() && !planned.contains(trial.name.as_str()))
            .filter(|trial| !is_emptied(trial));
        reconcile.unexpected_trials = unexpected.map(|trial| trial.name.clone()).collect();
        reconcile
    }

    /// The runs whose misplaced results are restored.
    pub fn restored_runs(&self) -> Vec<RunId> {
        self.restored_results().map(|restore| restore.run).collect()
    }

    /// The old paths, relative to the folder of the sweep, of the results that are archived and stay in
    /// the archive.
    pub fn archived_paths(&self) -> Vec<&Path> {
        self.replaced_records()
            .filter(|archive| archive.record.is_complete())
            .map(|archive| archive.path.as_path())
            .collect()
    }

    /// The old paths, relative to the folder of the sweep, of duplicates of records that are in their
    /// places. Duplicates are archived, too.
    pub fn duplicate_paths(&self) -> Vec<&Path> {
        let duplicates = self.to_archive.iter().filter(|one| one.is_duplicate);
        duplicates.map(|archive| archive.path.as_path()).collect()
    }

    /// The number of results that are restored from the archive.
    pub(crate) fn restored_from_archive(&self) -> usize {
        self.restored_results()
            .filter(|restore| restore.path.starts_with(ARCHIVE_FOLDER))
            .count()
    }

    /// The old paths, relative to the folder of the sweep, of all records that are restored.
    pub(crate) fn restored_paths(&self) -> impl Iterator<Item = &Path> {
        self.to_restore.iter().map(|restore| restore.path.as_path())
    }

    /// The paths, relative to the folder of the sweep, of all records in trials of the sweep that do not
    /// belong there and are not restored.
    pub(crate) fn misplaced_paths(&self) -> impl Iterator<Item = &Path> {
        let misplaced = self.to_archive.iter().filter(|one| !one.is_restored);
        misplaced.map(|archive| archive.path.as_path())
    }

    /// The keys whose values differ between the archived results and the sweep. Empty if only the data
    /// or the version of the program changed.
    pub fn changed_keys(&self, store: &Store, plan: &Plan) -> BTreeSet<String> {
        let mut changed = BTreeSet::new();
        let mut compared_trials = HashSet::new();
        for archive in self.replaced_records() {
            // All runs of a trial have the same configuration.
            let run = archive.run.filter(|run| compared_trials.insert(run.trial));
            let config = run.and_then(|_| recorded_config(&store.folder().join(&archive.path)));
            if let (Some(run), Some(old)) = (run, config) {
                let new = plan.trials[run.trial].config.to_value();
                add_changed_keys(&old, &new, &mut changed);
            }
        }
        changed
    }

    fn restored_results(&self) -> impl Iterator<Item = &RestoreMove> {
        let restored = self.to_restore.iter();
        restored.filter(|restore| restore.record.is_complete())
    }

    /// The records of other settings that stay in the archive.
    fn replaced_records(&self) -> impl Iterator<Item = &ArchiveMove> {
        self.to_archive
            .iter()
            .filter(|archive| !archive.is_restored && !archive.is_duplicate)
    }
}

/// Whether results may have to move before these runs start: the folder of the sweep contains a folder
/// that is not a trial of the sweep, or the folder of a run contains a record of other settings.
///
/// # Errors
/// The folder of the sweep cannot be read.
pub fn may_need_reconciling(
    store: &Store,
    plan: &Plan,
    runs: &[RunId],
) -> Result<bool, RecordError> {
    let planned: HashSet<&str> = plan.trials.iter().map(|t| t.name.as_str()).collect();
    let is_unexpected = |name: &String| {
        if name.starts_with('.') {
            name == ARCHIVE_FOLDER
        } else {
            !planned.contains(name.as_str()) && name != LAUNCH_FOLDER
        }
    };
    let has_other_settings = |run: &RunId| {
        let record = record_in(&store.run_folder(plan, *run));
        record.is_some_and(|record| record.run_hash != *store.run_hash(*run))
    };
    Ok(subfolder_names(store.folder())?.iter().any(is_unexpected)
        || runs.par_iter().any(has_other_settings))
}

/// Removes the record with the most saved epochs from the records of one run and returns it, if it has
/// more than `saved_epochs`.
fn take_best<'a>(records: &mut Vec<&'a RunFolder>, saved_epochs: usize) -> Option<&'a RunFolder> {
    let epochs_of = |folder: &RunFolder| folder.record.as_ref().map_or(0, RunRecord::saved_epochs);
    // `max_by_key` returns the last of equal elements: reversed, so that the first record is taken.
    let best = (0..records.len())
        .rev()
        .max_by_key(|&index| epochs_of(records[index]))?;
    (epochs_of(records[best]) > saved_epochs).then(|| records.remove(best))
}

/// Whether a record can move to the folder of a run: a link would lead to another folder.
fn is_not_linked(store: &Store, plan: &Plan, run: RunId) -> bool {
    !store.trial_folder(plan, run.trial).is_symlink() && !store.run_folder(plan, run).is_symlink()
}

/// Adds the keys whose values differ, except those that do not affect results.
fn add_changed_keys(old: &Value, new: &Value, changed: &mut BTreeSet<String>) {
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else {
        return;
    };
    for (section, keys) in new {
        for (key, value) in keys.as_object().into_iter().flatten() {
            let affects_results = !KEYS_OUTSIDE_HASH.contains(&(section.as_str(), key.as_str()));
            let old_value = old.get(section).and_then(|keys| keys.get(key));
            if affects_results && old_value != Some(value) {
                changed.insert(format!("{section}.{key}"));
            }
        }
    }
}
