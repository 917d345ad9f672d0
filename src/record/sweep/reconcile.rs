//! Results after their sweep was edited: those that still belong go to their places, those of other
//! settings are set aside, and come back when their settings do.
//!
//! All is done by renames within the sweep's folder: stopped at any moment, each result is whole and
//! found again by the next start, wherever it stands. A result is known by its identity, not by the
//! name of its folder.

use super::best::{has_best, remove_best};
use super::cv_scores::remove_cv_scores;
use super::inventory::{
    ASIDE, Inventory, LAUNCH, RunFolder, RunRecord, RunState, TrialFolder, folders_in, is_folder,
    record_in,
};
use super::links::refuse_linked_aside;
use super::store::Store;
use crate::plan::{KEYS_OUTSIDE_HASH, Plan, RunHash, RunId};
use crate::record::error::{RecordError, on};
use crate::record::fs::atomic::part;
use crate::record::run::profile::{PROFILE_FILE, read_profile};
use crate::record::run::result::{recorded_config, rename_trial};
use crate::record::tensorboard::event_dir::remove;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What must be moved in a sweep's folder, so that each of its runs finds its record at its place and
/// no other run's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReconcilePlan {
    /// Records that stand where they do not belong, in a folder of one of the sweep's trials.
    away: Vec<SetAside>,
    /// Records that belong to runs of the sweep, and stand elsewhere.
    back: Vec<Restore>,
    /// Results at their place that know their trial by another name.
    renamed: Vec<RunId>,
    /// Trials that the sweep does not ask for, once all is moved.
    pub unasked: Vec<String>,
    /// Whether a folder of what is set aside is there.
    has_aside: bool,
}

/// A record to be set aside.
#[derive(Clone, Debug, PartialEq)]
struct SetAside {
    path: PathBuf,
    record: RunRecord,
    /// The run that will stand there, if there is one.
    run: Option<RunId>,
    comes_back: bool,
    /// Whether the same record is at its place: somebody has copied a run's folder.
    is_copy: bool,
}

/// A record to be put to its place.
#[derive(Clone, Debug, PartialEq)]
struct Restore {
    path: PathBuf,
    record: RunRecord,
    run: RunId,
}

impl ReconcilePlan {
    /// What must be moved, given what lies in the sweep's folder.
    pub fn new(store: &Store, plan: &Plan, contents: &Inventory) -> Self {
        let places: HashMap<PathBuf, RunId> =
            plan.runs().map(|run| (plan.folder(run), run)).collect();
        let planned: HashSet<&str> = plan.trials.iter().map(|t| t.name.as_str()).collect();
        let mut moves = Self {
            has_aside: !contents.aside.is_empty(),
            ..Self::default()
        };
        let mut at_place: HashMap<RunId, &RunRecord> = HashMap::new();
        let mut strays: HashMap<&RunHash, Vec<&RunFolder>> = HashMap::new();
        for trial in &contents.trials {
            for folder in &trial.runs {
                let Some(record) = &folder.record else {
                    continue;
                };
                let run = places.get(&folder.path).copied();
                if let Some(run) = run.filter(|run| *store.identity(*run) == record.identity) {
                    at_place.insert(run, record);
                    continue;
                }
                strays.entry(&record.identity).or_default().push(folder);
                if planned.contains(trial.name.as_str()) {
                    moves.away.push(SetAside {
                        path: folder.path.clone(),
                        record: record.clone(),
                        run,
                        comes_back: false,
                        is_copy: false,
                    });
                }
            }
        }
        for folder in &contents.aside {
            if let Some(record) = &folder.record {
                strays.entry(&record.identity).or_default().push(folder);
            }
        }
        for run in plan.runs() {
            let there = at_place.get(&run);
            if let Some(RunState::Ended { trial }) = there.map(|record| &record.state) {
                if *trial != plan.trials[run.trial].name {
                    moves.renamed.push(run);
                }
                continue;
            }
            let worth = there.map_or(0, |record| record.worth());
            let found = strays.get_mut(store.identity(run));
            if is_free(store, plan, run)
                && let Some(folder) = found.and_then(|found| take_best(found, worth))
                && let Some(record) = folder.record.clone()
            {
                let path = folder.path.clone();
                moves.back.push(Restore { path, record, run });
            }
        }
        let back: HashSet<&Path> = moves.back.iter().map(|back| back.path.as_path()).collect();
        let in_place: HashSet<&RunHash> = at_place.values().map(|r| &r.identity).collect();
        for away in &mut moves.away {
            away.comes_back = back.contains(away.path.as_path());
            away.is_copy = !away.comes_back && in_place.contains(&away.record.identity);
        }
        let is_emptied = |trial: &&TrialFolder| {
            let mut records = trial.runs.iter().filter(|folder| folder.record.is_some());
            let had_any = records.clone().next().is_some();
            had_any && records.all(|folder| back.contains(folder.path.as_path()))
        };
        let trials = contents.trials.iter();
        let unasked = trials
            .filter(|trial| trial.is_ours() && !planned.contains(trial.name.as_str()))
            .filter(|trial| !is_emptied(trial));
        moves.unasked = unasked.map(|trial| trial.name.clone()).collect();
        moves
    }

    /// The runs whose results stand elsewhere and still belong.
    pub fn kept(&self) -> Vec<RunId> {
        let kept = self.back.iter().filter(|back| back.record.has_ended());
        kept.map(|back| back.run).collect()
    }

    /// The results that are set aside, and do not go to another place at once: the paths that they
    /// had, below the sweep's folder.
    pub fn set_aside(&self) -> Vec<&Path> {
        let away = self
            .away
            .iter()
            .filter(|away| !away.comes_back && !away.is_copy);
        let ended = away.filter(|away| away.record.has_ended());
        ended.map(|away| away.path.as_path()).collect()
    }

    /// The copies of records that are at their places, which are set aside too: the paths that they
    /// had, below the sweep's folder.
    pub fn copies(&self) -> Vec<&Path> {
        let copies = self.away.iter().filter(|away| away.is_copy);
        copies.map(|away| away.path.as_path()).collect()
    }

    /// How many of the results that still belong were set aside.
    pub(crate) fn kept_from_aside(&self) -> usize {
        let kept = self.back.iter().filter(|back| back.record.has_ended());
        kept.filter(|back| back.path.starts_with(ASIDE)).count()
    }

    /// The paths, below the sweep's folder, of all that still belongs and stands elsewhere.
    pub(crate) fn kept_paths(&self) -> impl Iterator<Item = &Path> {
        self.back.iter().map(|back| back.path.as_path())
    }

    /// The paths, below the sweep's folder, of what stands in the sweep's trials and does not belong.
    pub(crate) fn paths_away(&self) -> impl Iterator<Item = &Path> {
        let away = self.away.iter().filter(|away| !away.comes_back);
        away.map(|away| away.path.as_path())
    }

    /// The keys whose values are others now than those that the results had that are set aside.
    /// None where it is the data, or the version of the program.
    pub fn changed_keys(&self, store: &Store, plan: &Plan) -> BTreeSet<String> {
        let mut changed = BTreeSet::new();
        let mut seen = HashSet::new();
        for away in self
            .away
            .iter()
            .filter(|away| !away.comes_back && !away.is_copy)
        {
            // The runs of a trial have one configuration.
            let run = away.run.filter(|run| seen.insert(run.trial));
            let config = run.and_then(|_| recorded_config(&store.folder().join(&away.path)));
            if let (Some(run), Some(then)) = (run, config) {
                differences(
                    &then,
                    &plan.trials[run.trial].config.to_value(),
                    &mut changed,
                );
            }
        }
        changed
    }

    /// Moves what must be moved.
    ///
    /// # Errors
    /// Folders that cannot be written to.
    pub fn carry_out(&self, store: &Store, plan: &Plan) -> Result<(), RecordError> {
        let folder = store.folder();
        if !self.away.is_empty() {
            refuse_linked_aside(folder)?;
        }
        // First, so that no scores are ever beside runs that they are not of.
        let touched = self.touched_trials(plan);
        for trial in &touched {
            remove_cv_scores(&folder.join(trial))?;
            remove_best(&folder.join(trial))?;
        }
        for trial in self.unasked.iter().map(|trial| folder.join(trial)) {
            // The best of another sweep than this.
            if has_best(&trial) {
                remove_best(&trial)?;
            }
        }
        let mut now: HashMap<&Path, PathBuf> = HashMap::new();
        for away in &self.away {
            let to = set_aside(folder, away)?;
            now.extend(to.map(|to| (away.path.as_path(), to)));
        }
        // Mostly waiting for the disk.
        self.back.par_iter().try_for_each(|back| {
            let from = now.get(back.path.as_path()).cloned();
            let from = from.unwrap_or_else(|| folder.join(&back.path));
            put_in_place(store, plan, back, &from)
        })?;
        for &run in &self.renamed {
            rename_trial(&store.run_folder(plan, run), &plan.trials[run.trial].name)?;
        }
        for trial in touched {
            // One that still holds anything stays.
            let _ = std::fs::remove_dir(folder.join(trial));
        }
        match self.has_aside || !self.away.is_empty() {
            true => hide_all_events(&folder.join(ASIDE)),
            false => Ok(()),
        }
    }

    /// The trials whose folders lose or get a run.
    fn touched_trials(&self, plan: &Plan) -> BTreeSet<PathBuf> {
        let paths = self.away.iter().map(|away| &away.path);
        let paths = paths.chain(self.back.iter().map(|back| &back.path));
        let from = paths.filter_map(|path| Some(path.parent()?.to_owned()));
        let to = self.back.iter();
        let to = to.map(|back| PathBuf::from(&plan.trials[back.run.trial].name));
        let trials = from.chain(to);
        trials.filter(|trial| trial != Path::new(ASIDE)).collect()
    }
}

/// Whether results may have to be moved for the sake of these runs: the sweep's folder holds what is of
/// no trial of the sweep, or of other settings at their places.
///
/// # Errors
/// A folder that cannot be read.
pub fn may_need_reconciling(
    store: &Store,
    plan: &Plan,
    runs: &[RunId],
) -> Result<bool, RecordError> {
    let planned: HashSet<&str> = plan.trials.iter().map(|t| t.name.as_str()).collect();
    let is_stray = |name: &String| match name.starts_with('.') {
        true => name == ASIDE,
        false => !planned.contains(name.as_str()) && name != LAUNCH,
    };
    let is_foreign = |run: &RunId| {
        let record = record_in(&store.run_folder(plan, *run));
        record.is_some_and(|record| record.identity != *store.identity(*run))
    };
    Ok(folders_in(store.folder())?.iter().any(is_stray) || runs.par_iter().any(is_foreign))
}

/// Takes out of the records of one run the one that is worth most, if it is worth more than `least`.
fn take_best<'a>(found: &mut Vec<&'a RunFolder>, least: usize) -> Option<&'a RunFolder> {
    let worth = |folder: &RunFolder| folder.record.as_ref().map_or(0, RunRecord::worth);
    // Of equal ones the first.
    let best = (0..found.len())
        .rev()
        .max_by_key(|&index| worth(found[index]))?;
    (worth(found[best]) > least).then(|| found.remove(best))
}

/// Whether a record can be moved to the place of a run: a link there would lead elsewhere.
fn is_free(store: &Store, plan: &Plan, run: RunId) -> bool {
    let is_link = |path: &Path| path.is_symlink();
    !is_link(&store.trial_folder(plan, run.trial)) && !is_link(&store.run_folder(plan, run))
}

/// Moves a run's folder to where it is out of the way; its new path, unless it is gone.
fn set_aside(folder: &Path, away: &SetAside) -> Result<Option<PathBuf>, RecordError> {
    let (path, record) = (&away.path, &away.record);
    let aside = folder.join(ASIDE);
    if !is_folder(&aside) {
        std::fs::create_dir(&aside).map_err(on("create the folder", &aside))?;
    }
    let from = folder.join(path);
    // The profile is of the run at its place, not of a copy.
    if !away.is_copy {
        take_profile_along(&from, &record.identity);
    }
    // Another record of the same run may have been set aside before.
    let names = (1..).map(|number| match number {
        1 => record.identity.to_string(),
        _ => format!("{}-{number}", record.identity),
    });
    for to in names.map(|name| aside.join(name)) {
        if to.symlink_metadata().is_err() {
            return Ok(renamed(&from, &to)?.then_some(to));
        }
    }
    Ok(None)
}

/// Moves a run's folder to its place.
fn put_in_place(
    store: &Store,
    plan: &Plan,
    back: &Restore,
    from: &Path,
) -> Result<(), RecordError> {
    let (place, trial) = (
        store.run_folder(plan, back.run),
        &plan.trials[back.run.trial],
    );
    let trial_folder = store.trial_folder(plan, back.run.trial);
    if !is_folder(from) {
        return Ok(());
    }
    std::fs::create_dir_all(&trial_folder).map_err(on("create the folder", &trial_folder))?;
    let moved = || {
        if let RunState::Ended { trial: name } = &back.record.state
            && *name != trial.name
        {
            rename_trial(from, &trial.name)?;
        }
        if back.path.parent() != Some(Path::new(ASIDE)) {
            take_profile_along(from, &back.record.identity);
        }
        rename_events(from, HIDDEN, SHOWN)?;
        replace(from, &place, &trial_folder)
    };
    match moved() {
        Ok(true) => {
            // Where there is none, it is measured anew.
            let _ = std::fs::rename(place.join(PROFILE_FILE), trial_folder.join(PROFILE_FILE));
            Ok(())
        }
        Ok(false) => Ok(()),
        // Without locks, another process may have moved it meanwhile.
        Err(error) if error.source.kind() == ErrorKind::NotFound && !is_folder(from) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Moves a run's folder to its place, and removes what an attempt left there that is worth less;
/// whether it moved. What is there is never removed before the other has its place.
fn replace(from: &Path, place: &Path, trial_folder: &Path) -> Result<bool, RecordError> {
    let replaced = part(trial_folder, "replaced");
    remove(&replaced)?;
    let was_there = renamed(place, &replaced)?;
    let is_moved = renamed(from, place)?;
    if was_there && !is_moved {
        // Another process has moved it there before.
        renamed(&replaced, place)?;
    }
    remove(&replaced)?;
    Ok(is_moved)
}

/// Puts the profile of a trial into the folder of its first run, which is about to move: they belong
/// together. Where it cannot, the trial is measured anew.
fn take_profile_along(run_folder: &Path, identity: &RunHash) {
    if let Some(trial_folder) = run_folder.parent()
        && read_profile(trial_folder, identity).is_some()
    {
        let _ = std::fs::rename(
            trial_folder.join(PROFILE_FILE),
            run_folder.join(PROFILE_FILE),
        );
    }
}

/// Renames; whether there was something to rename: another process may have done it.
fn renamed(from: &Path, to: &Path) -> Result<bool, RecordError> {
    match std::fs::rename(from, to) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(on("move", from)(error)),
    }
}

/// TensorBoard shows every file with this in its name, wherever it stands.
const SHOWN: &str = "tfevents";

/// What event files have in its place while they are set aside.
const HIDDEN: &str = "set-aside";

/// Hides the event files of all that is set aside from TensorBoard.
fn hide_all_events(aside: &Path) -> Result<(), RecordError> {
    if !is_folder(aside) {
        return Ok(());
    }
    let entries = std::fs::read_dir(aside).map_err(on("read the folder", aside))?;
    for entry in entries {
        let path = entry.map_err(on("read the folder", aside))?.path();
        if is_folder(&path) {
            rename_events(&path, SHOWN, HIDDEN)?;
        }
    }
    Ok(())
}

/// Replaces a part of the names of the event files in a folder.
fn rename_events(folder: &Path, part: &str, by: &str) -> Result<(), RecordError> {
    let entries = std::fs::read_dir(folder).map_err(on("read the folder", folder))?;
    for entry in entries {
        let name = entry.map_err(on("read the folder", folder))?.file_name();
        let name = name.to_string_lossy();
        if name.contains(part) {
            renamed(
                &folder.join(&*name),
                &folder.join(name.replacen(part, by, 1)),
            )?;
        }
    }
    Ok(())
}

/// Adds the paths of the values that differ, but for those that decide no result.
fn differences(then: &Value, now: &Value, changed: &mut BTreeSet<String>) {
    let (Some(then), Some(now)) = (then.as_object(), now.as_object()) else {
        return;
    };
    for (section, keys) in now {
        for (key, value) in keys.as_object().into_iter().flatten() {
            let path = format!("{section}.{key}");
            let is_undecisive = KEYS_OUTSIDE_HASH.contains(&(section.as_str(), key.as_str()));
            let was = then.get(section).and_then(|keys| keys.get(key));
            if !is_undecisive && was != Some(value) {
                changed.insert(path);
            }
        }
    }
}
