//! Merges results of a sweep from several folders into one.

use super::inventory::{Inventory, RunFolder};
use super::store::Store;
use crate::metrics::Scores;
use crate::plan::{Plan, RunHash, RunId};
use crate::record::error::{RecordError, failed_to};
use crate::record::fs::atomic::write_atomically;
use crate::record::fs::folder::{file_names, remove_folder};
use crate::record::fs::temp_file::temp_path;
use crate::record::run::checkpoint::CHECKPOINT_FILE;
use crate::record::run::profile::{PROFILE_FILE, read_profile};
use crate::record::run::result::RunResult;
use crate::record::run::result_file::{RESULT_FILE, rename_trial};
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

/// The outcome of merging the results of a folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MergeSummary {
    /// Runs whose results were copied.
    pub copied: Vec<RunId>,
    /// Number of runs that already had a result with the same numbers, except for times.
    pub identical: usize,
    /// Runs that already had a result with different numbers, which is kept.
    pub conflicting: Vec<RunId>,
    /// Number of results that match no run of the sweep: their settings, data or version differ.
    pub unmatched: usize,
}

/// Copies the results of runs of the sweep from `from`, which has the layout of a sweep folder. Existing
/// results are kept. Each copy appears complete or not at all.
///
/// # Errors
/// A folder is not readable or writable, or the disk is full.
pub fn merge(store: &Store, plan: &Plan, from: &Path) -> Result<MergeSummary, RecordError> {
    // Trials with equivalent settings share their hashes.
    let mut wanted: HashMap<&RunHash, Vec<RunId>> = HashMap::new();
    for run in plan.runs() {
        wanted.entry(store.run_hash(run)).or_default().push(run);
    }
    let mut merged = MergeSummary::default();
    let inventory = Inventory::read(from)?;
    let folders = inventory.trials.iter().flat_map(|trial| &trial.subfolders);
    for folder in folders {
        let Some(record) = folder.record.as_ref().filter(|record| record.is_complete()) else {
            continue;
        };
        let Some(runs) = wanted.get(&record.run_hash) else {
            merged.unmatched += 1;
            continue;
        };
        let source = from.join(&folder.path);
        let Some(result) = RunResult::read(&source, &record.run_hash) else {
            continue;
        };
        // Of several runs, prefers the one with the same path, then one without a result.
        let same_path = runs.iter().find(|&&run| plan.folder(run) == folder.path);
        let without_result = runs.iter().find(|&&run| store.result(plan, run).is_none());
        let Some(&run) = same_path.or(without_result).or(runs.first()) else {
            continue;
        };
        let existing = store.result(plan, run);
        match existing.filter(|existing| !existing.should_retry() || result.should_retry()) {
            Some(existing) if has_same_numbers(&existing, &result) => merged.identical += 1,
            Some(_) => merged.conflicting.push(run),
            None => {
                copy_run(store, plan, run, &source)?;
                merged.copied.push(run);
            }
        }
        copy_profile(store, plan, run, from, folder)?;
    }
    Ok(merged)
}

/// Whether two results of one run have the same numbers, except for times.
fn has_same_numbers(one: &RunResult, other: &RunResult) -> bool {
    let without_times = |result: &RunResult| {
        let mut epochs = result.epochs.clone();
        epochs.iter_mut().for_each(|epoch| epoch.seconds = 0.0);
        epochs
    };
    let agree = |one: &Option<Scores>, other: &Option<Scores>| match (one, other) {
        (Some(one), Some(other)) => one.agrees_with(other),
        _ => one.is_none() && other.is_none(),
    };
    one.failure == other.failure
        && agree(&one.validation, &other.validation)
        && agree(&one.test, &other.test)
        && without_times(one) == without_times(other)
}

/// Copies the folder of a complete run to its place in the sweep.
fn copy_run(store: &Store, plan: &Plan, run: RunId, source: &Path) -> Result<(), RecordError> {
    let run_folder = store.run_folder(plan, run);
    let trial_folder = store.trial_folder(plan, run.trial);
    let temp_folder = temp_path(&trial_folder, "merge");
    remove_folder(&temp_folder)?;
    std::fs::create_dir_all(&temp_folder).map_err(failed_to("create the folder", &temp_folder))?;
    let mut names = file_names(source)?;
    names.retain(|name| !name.starts_with('.') && name != CHECKPOINT_FILE && name != PROFILE_FILE);
    // The result, which marks a run as complete, comes last.
    names.sort_by_key(|name| name == RESULT_FILE);
    for name in names {
        let to = temp_folder.join(&name);
        std::fs::copy(source.join(&name), &to).map_err(failed_to("copy a result to", &to))?;
        File::open(&to)
            .and_then(|file| file.sync_all())
            .map_err(failed_to("write", &to))?;
    }
    let name = &plan.trials[run.trial].name;
    if RunResult::read(&temp_folder, store.run_hash(run))
        .is_some_and(|result| result.trial != *name)
    {
        rename_trial(&temp_folder, name)?;
    }
    // An unfinished attempt may have left files.
    remove_folder(&run_folder)?;
    std::fs::rename(&temp_folder, &run_folder)
        .map_err(failed_to("move a result to", &run_folder))?;
    // So that the new name survives a crash of the machine.
    File::open(&trial_folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed_to("write into", &trial_folder))
}

/// Copies the profile of the trial of a run, if the trial has none yet.
fn copy_profile(
    store: &Store,
    plan: &Plan,
    run: RunId,
    from: &Path,
    folder: &RunFolder,
) -> Result<(), RecordError> {
    let first = RunId {
        repeat: 0,
        fold: 0,
        ..run
    };
    let run_hash = store.run_hash(first);
    let to = store.trial_folder(plan, run.trial);
    let Some(source) = folder.path.parent().map(|trial| from.join(trial)) else {
        return Ok(());
    };
    if read_profile(&to, run_hash).is_some() || read_profile(&source, run_hash).is_none() {
        return Ok(());
    }
    let profile = source.join(PROFILE_FILE);
    let bytes = std::fs::read(&profile).map_err(failed_to("read", &profile))?;
    write_atomically(&to.join(PROFILE_FILE), &bytes)
}
