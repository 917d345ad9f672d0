//! The results of a sweep, read back.

use super::result::RunResult;
use crate::plan::{Identity, Plan, RunId};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// A sweep's folder, and the identity of each run that belongs into it.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    identities: HashMap<RunId, Identity>,
}

/// What a sweep's folder holds beside the sweep's own results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Others {
    /// Results of other settings, where the sweep's own will be.
    pub replaced: usize,
    /// Trials that the sweep does not ask for.
    pub trials: usize,
}

/// The results of the runs that have one.
pub type Results = HashMap<RunId, RunResult>;

impl Store {
    /// The folder of `plan` below `runs`; `fingerprint` tells the contents of a trial's data.
    pub fn new(
        runs: &Path,
        plan: &Plan,
        fingerprint: impl Fn(&crate::spec::Config) -> String,
    ) -> Self {
        let data: Vec<String> = plan.trials.iter().map(|t| fingerprint(&t.config)).collect();
        let identify = |run: RunId| {
            let config = &plan.trials[run.trial].config;
            (run, Identity::new(config, plan.seed(run), &data[run.trial]))
        };
        Self {
            folder: runs.join(&plan.name),
            identities: plan.runs().map(identify).collect(),
        }
    }

    /// The sweep's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
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
    pub fn identity(&self, run: RunId) -> &Identity {
        &self.identities[&run]
    }

    /// What the sweep's folder holds beside the sweep's own results.
    pub fn others(&self, plan: &Plan) -> Others {
        let own = self.read(plan);
        let foreign = |run: &RunId| {
            let file = self.run_folder(plan, *run).join(super::RESULT_FILE);
            !own.contains_key(run) && file.is_file()
        };
        let asked: HashSet<&str> = plan
            .trials
            .iter()
            .map(|trial| trial.name.as_str())
            .collect();
        let entries = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten();
        let unasked = |entry: &std::fs::DirEntry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            entry.path().is_dir() && !name.starts_with('.') && !asked.contains(name.as_str())
        };
        Others {
            replaced: plan.runs().filter(foreign).count(),
            trials: entries.filter(unasked).count(),
        }
    }

    /// The complete results that are there.
    pub fn read(&self, plan: &Plan) -> Results {
        let read = |run: RunId| {
            let result = RunResult::read(&self.run_folder(plan, run), self.identity(run))?;
            Some((run, result))
        };
        plan.runs().filter_map(read).collect()
    }
}
