//! Results of a sweep that were trained in several folders, brought into one.

use super::inventory::{Inventory, RunFolder};
use super::store::Store;
use crate::plan::{Plan, RunHash, RunId};
use crate::record::error::{RecordError, on};
use crate::record::fs::atomic::{part, write_atomically};
use crate::record::run::checkpoint::CHECKPOINT_FILE;
use crate::record::run::profile::{PROFILE_FILE, read_profile};
use crate::record::run::result::{RESULT_FILE, RunResult, rename_trial};
use crate::record::tensorboard::event_dir::remove;
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

/// What became of the results of a folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Merged {
    /// Runs whose results were copied.
    pub copied: Vec<RunId>,
    /// Runs that had the same result already, times aside.
    pub equal: usize,
    /// Runs that had a result of other numbers already: it stands.
    pub different: Vec<RunId>,
    /// Results that are of no run of the sweep: of other settings, data or versions.
    pub others: usize,
}

/// Copies the results in `from`, a folder like a sweep's, that belong to runs of the sweep, to their
/// places; a run that has its result keeps it. Each result appears whole.
///
/// # Errors
/// Folders that cannot be read or written to, a full disk.
pub fn merge(store: &Store, plan: &Plan, from: &Path) -> Result<Merged, RecordError> {
    // Trials of equal meaning share their identity.
    let mut wanted: HashMap<&RunHash, Vec<RunId>> = HashMap::new();
    for run in plan.runs() {
        wanted.entry(store.identity(run)).or_default().push(run);
    }
    let mut merged = Merged::default();
    let contents = Inventory::read(from)?;
    let folders = contents.trials.iter().flat_map(|trial| &trial.runs);
    for folder in folders {
        let Some(record) = folder.record.as_ref().filter(|record| record.has_ended()) else {
            continue;
        };
        let Some(runs) = wanted.get(&record.identity) else {
            merged.others += 1;
            continue;
        };
        let source = from.join(&folder.path);
        let Some(result) = RunResult::read(&source, &record.identity) else {
            continue;
        };
        // Of several runs the one that stands there under its own name.
        let own = runs.iter().find(|&&run| plan.folder(run) == folder.path);
        let lacking = runs.iter().find(|&&run| store.result(plan, run).is_none());
        let Some(&run) = own.or(lacking).or(runs.first()) else {
            continue;
        };
        let there = store.result(plan, run);
        match there.filter(|there| !there.is_to_be_retried() || result.is_to_be_retried()) {
            Some(there) if is_same(&there, &result) => merged.equal += 1,
            Some(_) => merged.different.push(run),
            None => {
                copy(store, plan, run, &source)?;
                merged.copied.push(run);
            }
        }
        copy_profile(store, plan, run, from, folder)?;
    }
    Ok(merged)
}

/// Whether two results of one run have the same numbers, but for times.
fn is_same(one: &RunResult, other: &RunResult) -> bool {
    let timeless = |result: &RunResult| {
        let mut epochs = result.epochs.clone();
        epochs.iter_mut().for_each(|epoch| epoch.seconds = 0.0);
        epochs
    };
    (&one.failure, one.validation, one.test) == (&other.failure, other.validation, other.test)
        && timeless(one) == timeless(other)
}

/// Copies the folder of a complete run to its place.
fn copy(store: &Store, plan: &Plan, run: RunId, source: &Path) -> Result<(), RecordError> {
    let (place, trial) = (
        store.run_folder(plan, run),
        store.trial_folder(plan, run.trial),
    );
    let part = part(&trial, "merge");
    remove(&part)?;
    std::fs::create_dir_all(&part).map_err(on("create the folder", &part))?;
    let mut names = names_in(source)?;
    // What says that a run is complete comes last.
    names.sort_by_key(|name| name == RESULT_FILE);
    for name in names {
        let to = part.join(&name);
        std::fs::copy(source.join(&name), &to).map_err(on("copy a result to", &to))?;
        let synced = File::open(&to).and_then(|file| file.sync_all());
        synced.map_err(on("write", &to))?;
    }
    let name = &plan.trials[run.trial].name;
    if RunResult::read(&part, store.identity(run)).is_some_and(|result| result.trial != *name) {
        rename_trial(&part, name)?;
    }
    // What an unfinished attempt left there.
    remove(&place)?;
    std::fs::rename(&part, &place).map_err(on("move a result to", &place))?;
    // So that the new name outlives a crash of the machine.
    let synced = File::open(&trial).and_then(|folder| folder.sync_all());
    synced.map_err(on("write into", &trial))?;
    Ok(())
}

/// The files of a complete run, by their names.
fn names_in(source: &Path) -> Result<Vec<String>, RecordError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(source).map_err(on("read the folder", source))? {
        let entry = entry.map_err(on("read the folder", source))?;
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        // Names of ours are text.
        let name = entry.file_name().into_string().ok().filter(|_| is_file);
        let is_left_out = |name: &String| {
            name.starts_with('.') || name == CHECKPOINT_FILE || name == PROFILE_FILE
        };
        names.extend(name.filter(|name| !is_left_out(name)));
    }
    Ok(names)
}

/// Copies what was measured of a run's trial, where it is not known yet.
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
    let identity = store.identity(first);
    let to = store.trial_folder(plan, run.trial);
    let Some(source) = folder.path.parent().map(|trial| from.join(trial)) else {
        return Ok(());
    };
    if read_profile(&to, identity).is_some() || read_profile(&source, identity).is_none() {
        return Ok(());
    }
    let profile = source.join(PROFILE_FILE);
    let bytes = std::fs::read(&profile).map_err(on("read", &profile))?;
    write_atomically(&to.join(PROFILE_FILE), &bytes)
}
