//! Applies a [`ReconcilePlan`].
//!
//! All moves are renames within the folder of the sweep. If the process is killed at any moment, every
//! result is complete, and the next start finds it.

use super::archived_events::{hide_all_events, show_events};
use super::best::{has_best, remove_best};
use super::cv_scores::remove_cv_scores;
use super::inventory::{ARCHIVE_FOLDER, RunState};
use super::links::refuse_linked_archive;
use super::reconcile::{ArchiveMove, ReconcilePlan, RestoreMove};
use super::store::Store;
use crate::plan::{Plan, RunHash};
use crate::record::error::{RecordError, failed_to};
use crate::record::fs::folder::{is_folder, remove_folder, rename_if_present};
use crate::record::fs::temp_file::temp_path;
use crate::record::run::profile::{PROFILE_FILE, read_profile};
use crate::record::run::result_file::rename_trial;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

impl ReconcilePlan {
    /// Carries out all moves.
    ///
    /// # Errors
    /// A folder is not readable or writable.
    pub fn apply(&self, store: &Store, plan: &Plan) -> Result<(), RecordError> {
        let folder = store.folder();
        if !self.to_archive.is_empty() {
            refuse_linked_archive(folder)?;
        }
        // First, so that scores never exist next to runs that they do not describe.
        let changed_trials = self.changed_trials(plan);
        for trial in &changed_trials {
            remove_cv_scores(&folder.join(trial))?;
            remove_best(&folder.join(trial))?;
        }
        for trial in self
            .unexpected_trials
            .iter()
            .map(|trial| folder.join(trial))
        {
            // It was the best trial of another sweep.
            if has_best(&trial) {
                remove_best(&trial)?;
            }
        }
        let mut new_paths: HashMap<&Path, PathBuf> = HashMap::new();
        for archive in &self.to_archive {
            let to = archive_run(folder, archive)?;
            new_paths.extend(to.map(|to| (archive.path.as_path(), to)));
        }
        // In parallel: most of the time is spent waiting for the disk.
        self.to_restore.par_iter().try_for_each(|restore| {
            let archived = new_paths.get(restore.path.as_path()).cloned();
            let from = archived.unwrap_or_else(|| folder.join(&restore.path));
            restore_run(store, plan, restore, &from)
        })?;
        for &run in &self.to_rename {
            rename_trial(&store.run_folder(plan, run), &plan.trials[run.trial].name)?;
        }
        for trial in changed_trials {
            // Succeeds only if the folder is empty.
            let _ = std::fs::remove_dir(folder.join(trial));
        }
        if self.has_archive || !self.to_archive.is_empty() {
            hide_all_events(&folder.join(ARCHIVE_FOLDER))?;
        }
        Ok(())
    }

    /// The trials whose folders lose or get a run.
    fn changed_trials(&self, plan: &Plan) -> BTreeSet<PathBuf> {
        let archived = self.to_archive.iter().map(|archive| &archive.path);
        let restored = self.to_restore.iter().map(|restore| &restore.path);
        let sources = archived
            .chain(restored)
            .filter_map(|path| Some(path.parent()?.to_owned()));
        let targets = self
            .to_restore
            .iter()
            .map(|restore| PathBuf::from(&plan.trials[restore.run.trial].name));
        sources
            .chain(targets)
            .filter(|trial| trial != Path::new(ARCHIVE_FOLDER))
            .collect()
    }
}

/// Moves the folder of a run into the archive, and returns its new path; `None` if it no longer exists.
fn archive_run(folder: &Path, archive: &ArchiveMove) -> Result<Option<PathBuf>, RecordError> {
    let run_hash = &archive.record.run_hash;
    let archive_folder = folder.join(ARCHIVE_FOLDER);
    if !is_folder(&archive_folder) {
        std::fs::create_dir(&archive_folder)
            .map_err(failed_to("create the folder", &archive_folder))?;
    }
    let from = folder.join(&archive.path);
    // The profile belongs to the run in its place, not to a duplicate.
    if !archive.is_duplicate {
        move_profile_into(&from, run_hash);
    }
    // The archive may already contain another record of the same run.
    let names = (1..).map(|number| {
        if number == 1 {
            run_hash.to_string()
        } else {
            format!("{run_hash}-{number}")
        }
    });
    for to in names.map(|name| archive_folder.join(name)) {
        if to.symlink_metadata().is_err() {
            return Ok(rename_if_present(&from, &to)?.then_some(to));
        }
    }
    Ok(None)
}

/// Moves the folder `from` to the folder of its run.
fn restore_run(
    store: &Store,
    plan: &Plan,
    restore: &RestoreMove,
    from: &Path,
) -> Result<(), RecordError> {
    let trial = &plan.trials[restore.run.trial];
    let run_folder = store.run_folder(plan, restore.run);
    let trial_folder = store.trial_folder(plan, restore.run.trial);
    if !is_folder(from) {
        return Ok(());
    }
    std::fs::create_dir_all(&trial_folder)
        .map_err(failed_to("create the folder", &trial_folder))?;
    let move_run = || {
        if let RunState::Complete { trial: name } = &restore.record.state
            && *name != trial.name
        {
            rename_trial(from, &trial.name)?;
        }
        if restore.path.parent() != Some(Path::new(ARCHIVE_FOLDER)) {
            move_profile_into(from, &restore.record.run_hash);
        }
        show_events(from)?;
        replace_folder(from, &run_folder, &trial_folder)
    };
    match move_run() {
        Ok(true) => {
            // A trial without a profile is measured again.
            let _ = std::fs::rename(
                run_folder.join(PROFILE_FILE),
                trial_folder.join(PROFILE_FILE),
            );
            Ok(())
        }
        Ok(false) => Ok(()),
        // On a file system without locks, another process may have moved the folder.
        Err(error) if error.source.kind() == ErrorKind::NotFound && !is_folder(from) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Moves `from` to `to` and removes what an unfinished attempt left there; returns whether it moved. The
/// old folder is removed only after the move.
fn replace_folder(from: &Path, to: &Path, trial_folder: &Path) -> Result<bool, RecordError> {
    let replaced = temp_path(trial_folder, "replaced");
    remove_folder(&replaced)?;
    let had_folder = rename_if_present(to, &replaced)?;
    let is_moved = rename_if_present(from, to)?;
    if had_folder && !is_moved {
        // Another process has moved `from` first.
        rename_if_present(&replaced, to)?;
    }
    remove_folder(&replaced)?;
    Ok(is_moved)
}

/// Moves the profile of a trial into the folder of its first run, which is about to move, so that they
/// stay together. If that fails, the trial is measured again.
fn move_profile_into(run_folder: &Path, run_hash: &RunHash) {
    if let Some(trial_folder) = run_folder.parent()
        && read_profile(trial_folder, run_hash).is_some()
    {
        let _ = std::fs::rename(
            trial_folder.join(PROFILE_FILE),
            run_folder.join(PROFILE_FILE),
        );
    }
}
