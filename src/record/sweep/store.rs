//! Reads the results of a sweep.

use crate::metrics::SamplePredictions;
use crate::plan::{Plan, RunHash, RunId, TrialHash};
use crate::record::error::RecordError;
use crate::record::run::classification::RunClassification;
use crate::record::run::predictions::read_predictions;
use crate::record::run::profile::{TrialProfile, read_profile, write_profile};
use crate::record::run::result::RunResult;
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The folder of a sweep, and the hash of each of its runs.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    /// The hashes of the runs of each trial, in the order of [`Plan::runs_of`].
    run_hashes: Vec<Vec<RunHash>>,
    /// The number of folds of each trial.
    folds: Vec<usize>,
}

/// The results of a sweep so far.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// The result of each run that has one.
    pub runs: HashMap<RunId, RunResult>,
    /// Speed and memory of each trial that has a profile, by its position in the plan.
    pub profiles: HashMap<usize, TrialProfile>,
}

impl Results {
    /// Drops the results of failed runs, so that these are trained again.
    pub fn discard_failures(&mut self) {
        self.runs.retain(|_, run| run.failure.is_none());
    }

    /// The result of a run, if the run finished.
    pub fn finished(&self, run: RunId) -> Option<&RunResult> {
        self.runs.get(&run).filter(|run| run.failure.is_none())
    }
}

impl Store {
    /// The store of `plan` in its folder below `runs`; `fingerprint` gives the hash of a trial's data.
    pub fn new(
        runs: &Path,
        plan: &Plan,
        fingerprint: impl Fn(&crate::spec::Config) -> String,
    ) -> Self {
        Self::at(&runs.join(&plan.name), plan, fingerprint)
    }

    /// The store of `plan` in `folder`; `fingerprint` gives the hash of a trial's data.
    pub fn at(
        folder: &Path,
        plan: &Plan,
        fingerprint: impl Fn(&crate::spec::Config) -> String,
    ) -> Self {
        let data: Vec<String> = plan.trials.iter().map(|t| fingerprint(&t.config)).collect();
        let hash_runs = |(trial, data): (usize, &String)| -> Vec<RunHash> {
            let trial_hash = TrialHash::new(&plan.trials[trial].config, data);
            let runs = plan.runs_of(trial);
            runs.map(|run| trial_hash.of_run(plan.seed(run))).collect()
        };
        Self {
            folder: folder.to_owned(),
            run_hashes: data.par_iter().enumerate().map(hash_runs).collect(),
            folds: plan
                .trials
                .iter()
                .map(|trial| trial.config.validation.splits())
                .collect(),
        }
    }

    /// The folder of the sweep.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A short hash of the hashes of all runs, in their order. It changes with the settings, the data and
    /// the version of the numbers.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for run_hash in self.run_hashes.iter().flatten() {
            hasher.update(run_hash.to_string().as_bytes());
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

    /// The hash of a run.
    ///
    /// # Panics
    /// If the run does not belong to the plan of this store.
    pub fn run_hash(&self, run: RunId) -> &RunHash {
        let position = run.repeat as usize * self.folds[run.trial] + run.fold as usize;
        &self.run_hashes[run.trial][position]
    }

    /// The hash of the first run of a trial.
    fn first_run_hash(&self, trial: usize) -> &RunHash {
        self.run_hash(RunId {
            trial,
            repeat: 0,
            fold: 0,
        })
    }

    /// Reads all results.
    pub fn read(&self, plan: &Plan) -> Results {
        let runs: Vec<RunId> = plan.runs().collect();
        self.read_runs(plan, &runs)
    }

    /// Reads the results of these runs, which are in the order of the plan, and the profiles of their
    /// trials.
    pub fn read_runs(&self, plan: &Plan, runs: &[RunId]) -> Results {
        refresh(&self.folder);
        let read_trial = |runs: &[RunId]| -> Option<(Vec<_>, Option<_>)> {
            let trial = runs.first()?.trial;
            let folder = self.trial_folder(plan, trial);
            refresh(&folder);
            let results = runs.iter().filter_map(|&run| {
                let result = self.result(plan, run).or_else(|| {
                    refresh(&self.run_folder(plan, run));
                    self.result(plan, run)
                });
                Some((run, result?))
            });
            let profile = read_profile(&folder, self.first_run_hash(trial));
            Some((results.collect(), profile.map(|profile| (trial, profile))))
        };
        let runs_by_trial: Vec<&[RunId]> = runs.chunk_by(|a, b| a.trial == b.trial).collect();
        // In parallel: most of the time is spent waiting for many small files, and parsing them.
        let trials: Vec<_> = runs_by_trial
            .into_par_iter()
            .filter_map(read_trial)
            .collect();
        let mut results = Results::default();
        for (runs, profile) in trials {
            results.runs.extend(runs);
            results.profiles.extend(profile);
        }
        results
    }

    /// The result of a run, if it exists.
    pub fn result(&self, plan: &Plan, run: RunId) -> Option<RunResult> {
        RunResult::read(&self.run_folder(plan, run), self.run_hash(run))
    }

    /// The profile of a trial, if it exists.
    pub fn profile(&self, plan: &Plan, trial: usize) -> Option<TrialProfile> {
        let folder = self.trial_folder(plan, trial);
        read_profile(&folder, self.first_run_hash(trial))
    }

    /// Writes the profile of a trial.
    ///
    /// # Errors
    /// The folder is not writable, or the disk is full.
    pub fn write_profile(
        &self,
        plan: &Plan,
        trial: usize,
        profile: &TrialProfile,
    ) -> Result<(), RecordError> {
        let folder = self.trial_folder(plan, trial);
        write_profile(&folder, self.first_run_hash(trial), profile)
    }

    /// The classification counts of a run, if they exist.
    pub fn classification(&self, plan: &Plan, run: RunId) -> Option<RunClassification> {
        RunClassification::read(&self.run_folder(plan, run))
    }

    /// The predictions of a run for its validation samples, if they exist.
    pub fn predictions(&self, plan: &Plan, run: RunId) -> Option<SamplePredictions> {
        read_predictions(&self.run_folder(plan, run))
    }

    /// The predictions of all runs of a trial, in the order of [`Plan::runs_of`], if all of them exist.
    pub fn trial_predictions(&self, plan: &Plan, trial: usize) -> Option<Vec<SamplePredictions>> {
        let runs = plan.runs_of(trial);
        runs.map(|run| self.predictions(plan, run)).collect()
    }

    /// The sum of the classification counts of all runs of a trial, if all of them exist.
    pub fn trial_classification(&self, plan: &Plan, trial: usize) -> Option<RunClassification> {
        let mut runs = plan
            .runs_of(trial)
            .map(|run| self.classification(plan, run));
        let first = runs.next()??;
        runs.try_fold(first, |sum, run| sum.merge(&run?))
    }
}

/// Lists a folder, so that new files in it become visible: a network file system may cache for a while
/// that a file does not exist.
fn refresh(folder: &Path) {
    let entries = std::fs::read_dir(folder);
    entries.into_iter().flatten().for_each(drop);
}
