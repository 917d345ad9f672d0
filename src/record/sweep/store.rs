//! The results of a sweep, read back.

use crate::metrics::Profile;
use crate::plan::{Plan, RunHash, RunId, TrialHash};
use crate::record::error::RecordError;
use crate::record::run::classes::RunClasses;
use crate::record::run::profile::{read_profile, write_profile};
use crate::record::run::result::RunResult;
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A sweep's folder, and the identity of each run that belongs into it.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    /// Of the runs of each trial, in the order of [`Plan::runs_of`].
    identities: Vec<Vec<RunHash>>,
    /// The folds of each trial.
    folds: Vec<usize>,
}

/// What a sweep has given so far.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// The results of the runs that have one.
    pub runs: HashMap<RunId, RunResult>,
    /// Speed and memory of the trials (by their position in the plan) that were measured, and the
    /// device they were measured on.
    pub profiles: HashMap<usize, (Profile, String)>,
}

impl Results {
    /// Forgets the runs that failed, so that they are trained again.
    pub fn forget_failures(&mut self) {
        self.runs.retain(|_, run| run.failure.is_none());
    }

    /// The result of a run that ended with metrics.
    pub fn finished(&self, run: RunId) -> Option<&RunResult> {
        self.runs.get(&run).filter(|run| run.failure.is_none())
    }
}

impl Store {
    /// The folder of `plan` below `runs`; `fingerprint` tells the contents of a trial's data.
    pub fn new(
        runs: &Path,
        plan: &Plan,
        fingerprint: impl Fn(&crate::spec::Config) -> String,
    ) -> Self {
        Self::in_folder(&runs.join(&plan.name), plan, fingerprint)
    }

    /// The results of `plan` in a folder of any name; `fingerprint` tells the contents of a trial's
    /// data.
    pub fn in_folder(
        folder: &Path,
        plan: &Plan,
        fingerprint: impl Fn(&crate::spec::Config) -> String,
    ) -> Self {
        let data: Vec<String> = plan.trials.iter().map(|t| fingerprint(&t.config)).collect();
        let identify = |(trial, data): (usize, &String)| -> Vec<RunHash> {
            let identity = TrialHash::new(&plan.trials[trial].config, data);
            let runs = plan.runs_of(trial);
            runs.map(|run| identity.of_run(plan.seed(run))).collect()
        };
        let folds = plan.trials.iter();
        Self {
            folder: folder.to_owned(),
            identities: data.par_iter().enumerate().map(identify).collect(),
            folds: folds
                .map(|trial| trial.config.validation.splits())
                .collect(),
        }
    }

    /// The sweep's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A short hash of what is to be trained: of the identities of all runs, in their order. Another
    /// sweep file, other data or another version of the numbers has another.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for identity in self.identities.iter().flatten() {
            hasher.update(identity.to_string().as_bytes());
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }

    /// The folder of a run.
    pub fn run_folder(&self, plan: &Plan, run: RunId) -> PathBuf {
        self.folder.join(plan.folder(run))
    }

    /// The folder of a trial.
    pub fn trial_folder(&self, plan: &Plan, trial: usize) -> PathBuf {
        self.folder.join(&plan.trials[trial].name)
    }

    /// The identity of a run.
    ///
    /// # Panics
    /// For a run that is not of the plan that this store was made for.
    pub fn identity(&self, run: RunId) -> &RunHash {
        let position = run.repeat as usize * self.folds[run.trial] + run.fold as usize;
        &self.identities[run.trial][position]
    }

    /// The identity of a trial: that of its first run.
    fn trial_identity(&self, trial: usize) -> &RunHash {
        self.identity(RunId {
            trial,
            repeat: 0,
            fold: 0,
        })
    }

    /// The complete results that are there.
    pub fn read(&self, plan: &Plan) -> Results {
        let runs: Vec<RunId> = plan.runs().collect();
        self.read_runs(plan, &runs)
    }

    /// The complete results of these runs, which stand in the order of the plan, and what was
    /// measured of their trials.
    pub fn read_runs(&self, plan: &Plan, runs: &[RunId]) -> Results {
        look_again(&self.folder);
        let of_trial = |runs: &[RunId]| -> Option<(Vec<_>, Option<_>)> {
            let trial = runs.first()?.trial;
            let folder = self.trial_folder(plan, trial);
            look_again(&folder);
            let results = runs.iter().filter_map(|&run| {
                let result = self.result(plan, run).or_else(|| {
                    look_again(&self.run_folder(plan, run));
                    self.result(plan, run)
                });
                Some((run, result?))
            });
            let profile = read_profile(&folder, self.trial_identity(trial));
            Some((results.collect(), profile.map(|profile| (trial, profile))))
        };
        let trials: Vec<&[RunId]> = runs.chunk_by(|a, b| a.trial == b.trial).collect();
        // Many small files: mostly waiting for the system, and parsing.
        let trials: Vec<_> = trials.into_par_iter().filter_map(of_trial).collect();
        let mut results = Results::default();
        for (runs, profile) in trials {
            results.runs.extend(runs);
            results.profiles.extend(profile);
        }
        results
    }

    /// The complete result of a run, if it is there.
    pub fn result(&self, plan: &Plan, run: RunId) -> Option<RunResult> {
        RunResult::read(&self.run_folder(plan, run), self.identity(run))
    }

    /// Writes what was measured of a trial.
    ///
    /// # Errors
    /// Folders that cannot be written to, a full disk.
    pub fn write_profile(
        &self,
        plan: &Plan,
        trial: usize,
        device: &str,
        profile: Profile,
    ) -> Result<(), RecordError> {
        let folder = self.trial_folder(plan, trial);
        write_profile(&folder, self.trial_identity(trial), device, profile)
    }

    /// How each class fares in a run, if it is known.
    pub fn classes(&self, plan: &Plan, run: RunId) -> Option<RunClasses> {
        RunClasses::read(&self.run_folder(plan, run))
    }

    /// How each class fares in a trial, over all of its runs, if it is known of each.
    pub fn trial_classes(&self, plan: &Plan, trial: usize) -> Option<RunClasses> {
        let mut runs = plan.runs_of(trial).map(|run| self.classes(plan, run));
        let first = runs.next()??;
        runs.try_fold(first, |sum, run| sum.plus(&run?))
    }
}

/// Makes the system look what is in a folder. On a folder that several machines share, it may remember
/// for a while that a file was not there, unless the folder is listed.
fn look_again(folder: &Path) {
    let entries = std::fs::read_dir(folder);
    entries.into_iter().flatten().for_each(drop);
}
