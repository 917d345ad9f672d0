//! What lies in a sweep's folder: runs with a result or a checkpoint, by trial, and those set aside.
//!
//! Looks only, and only at what really stands in the folder: no symbolic link is followed.

use crate::plan::RunHash;
use crate::record::error::{RecordError, on};
use crate::record::run::checkpoint::{CHECKPOINT_FILE, Checkpoint};
use crate::record::run::result::{RESULT_FILE, RunResult};
use rayon::prelude::*;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The folder, in a sweep's, of what was set aside.
pub(crate) const ASIDE: &str = ".aside";

/// The folder, in a sweep's, of what cluster engines are given and say.
pub(crate) const LAUNCH: &str = "launch";

/// What lies in a sweep's folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inventory {
    /// The folders of trials, in the order of their names.
    pub trials: Vec<TrialFolder>,
    /// The folders of runs that were set aside, in the order of their names.
    pub aside: Vec<RunFolder>,
}

/// The folder of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialFolder {
    /// Its name.
    pub name: String,
    /// The folders in it, of runs and of scores, in the order of their names.
    pub runs: Vec<RunFolder>,
}

/// A folder that may be that of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunFolder {
    /// Its path below the sweep's folder.
    pub path: PathBuf,
    /// What is recorded of a run, if anything is.
    pub record: Option<RunRecord>,
}

/// What is recorded of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// What decides the run's numbers.
    pub identity: RunHash,
    /// How far it is.
    pub state: RunState,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq)]
pub enum RunState {
    /// It is complete.
    Ended {
        /// The trial's name when it was written.
        trial: String,
    },
    /// It was stopped, and can go on.
    Stopped {
        /// The epoch that it goes on from, counted from 1.
        epoch: usize,
    },
}

impl RunRecord {
    /// Whether the run is complete.
    pub fn has_ended(&self) -> bool {
        matches!(self.state, RunState::Ended { .. })
    }

    /// How much of a run's work it holds: of two records of one run the greater is worth more.
    pub(crate) fn worth(&self) -> usize {
        match self.state {
            RunState::Ended { .. } => usize::MAX,
            RunState::Stopped { epoch } => epoch,
        }
    }
}

impl TrialFolder {
    /// Whether anything in it is of this program: else it is somebody's own.
    pub fn is_ours(&self) -> bool {
        self.runs.iter().any(RunFolder::is_ours)
    }
}

impl RunFolder {
    /// Whether this program may have made it.
    pub(crate) fn is_ours(&self) -> bool {
        self.is_run() || self.is_scores()
    }

    /// Whether it is named like the scores of a trial, beside its runs.
    pub(crate) fn is_scores(&self) -> bool {
        ["cv", "best"].iter().any(|name| self.path.ends_with(name))
    }

    /// Whether it is named like a run, or holds what is recorded of one.
    pub(crate) fn is_run(&self) -> bool {
        let name = self.path.file_name().and_then(|name| name.to_str());
        let is_number =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_named = |name: &str| match name.strip_prefix("repeat-") {
            None => name.strip_prefix("fold-").is_some_and(is_number),
            Some(rest) => rest
                .split_once("-fold-")
                .is_some_and(|(repeat, fold)| is_number(repeat) && is_number(fold)),
        };
        self.record.is_some() || name.is_some_and(is_named)
    }
}

impl Inventory {
    /// What lies in `folder`, that of a sweep; nothing where it is not there.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn read(folder: &Path) -> Result<Self, RecordError> {
        let names = folders_in(folder)?;
        let names = names.into_iter().filter(|name| !name.starts_with('.'));
        // Many small files: mostly waiting for the system, and parsing.
        let names: Vec<String> = names.collect();
        let trials = names.into_par_iter().map(|name| {
            let runs = run_folders(folder, Path::new(&name))?;
            Ok(TrialFolder { name, runs })
        });
        let aside = match is_folder(&folder.join(ASIDE)) {
            true => run_folders(folder, Path::new(ASIDE))?,
            false => Vec::new(),
        };
        Ok(Self {
            trials: trials.collect::<Result<_, _>>()?,
            aside,
        })
    }

    /// The runs with a result in a folder, or below it: its path is one below the sweep's folder.
    pub(crate) fn results_below(&self, path: &Path) -> usize {
        let trials = self.trials.iter().flat_map(|trial| &trial.runs);
        let inside = trials
            .chain(&self.aside)
            .filter(|run| run.path.starts_with(path));
        let records = inside.filter_map(|run| run.record.as_ref());
        records.filter(|record| record.has_ended()).count()
    }
}

/// The folders in `inner`, which is below `folder`.
fn run_folders(folder: &Path, inner: &Path) -> Result<Vec<RunFolder>, RecordError> {
    let mut names = folders_in(&folder.join(inner))?;
    // One that is being copied is none yet.
    names.retain(|name| !name.starts_with('.'));
    let read = |name: String| {
        let path = inner.join(name);
        let record = record_in(&folder.join(&path));
        RunFolder { path, record }
    };
    Ok(names.into_par_iter().map(read).collect())
}

/// What is recorded of a run in its folder.
pub(crate) fn record_in(run_folder: &Path) -> Option<RunRecord> {
    let record = match is_file(&run_folder.join(RESULT_FILE)) {
        true => RunResult::read_any(run_folder).map(|result| RunRecord {
            identity: result.identity,
            state: RunState::Ended {
                trial: result.trial,
            },
        }),
        false => None,
    };
    let stopped = || {
        let is_there = is_file(&run_folder.join(CHECKPOINT_FILE));
        let checkpoint = is_there.then(|| Checkpoint::read_any(run_folder))??;
        Some(RunRecord {
            identity: checkpoint.identity,
            state: RunState::Stopped {
                epoch: checkpoint.state.epoch,
            },
        })
    };
    // It becomes the name of a folder, and was read from a file: it must not lead elsewhere.
    let record = record.or_else(stopped);
    record.filter(|record| record.identity.is_well_formed())
}

/// The names of the folders in `folder`, sorted; none where it is not there.
pub(crate) fn folders_in(folder: &Path) -> Result<Vec<String>, RecordError> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(on("read the folder", folder))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(on("read the folder", folder))?;
        // Of the entry itself, not of what it links to.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        // Names of ours are text.
        names.extend(entry.file_name().into_string().ok().filter(|_| is_folder));
    }
    names.sort_unstable();
    Ok(names)
}

/// Whether there is a folder, not a link to one.
pub(crate) fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|about| about.is_dir())
}

fn is_file(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|about| about.is_file())
}
