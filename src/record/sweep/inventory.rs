//! The inventory of the folder of a sweep: runs with a result or a checkpoint, by trial, and archived runs.
//!
//! Taking the inventory changes nothing, and follows no symbolic links.

use super::best::BEST_FOLDER;
use super::cv_scores::CV_FOLDER;
use crate::plan::RunHash;
use crate::record::error::RecordError;
use crate::record::fs::folder::{is_file, is_folder, subfolder_names};
use crate::record::run::checkpoint::{CHECKPOINT_FILE, Checkpoint};
use crate::record::run::result::RunResult;
use crate::record::run::result_file::RESULT_FILE;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// The folder of archived runs in the folder of a sweep.
pub(crate) const ARCHIVE_FOLDER: &str = ".aside";

/// The folder of job scripts and logs in the folder of a sweep.
pub(crate) const LAUNCH_FOLDER: &str = "launch";

/// The contents of the folder of a sweep.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inventory {
    /// The folders of trials, sorted by name.
    pub trials: Vec<TrialFolder>,
    /// The folders of archived runs, sorted by name.
    pub archived: Vec<RunFolder>,
}

/// The folder of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialFolder {
    /// The name of the folder.
    pub name: String,
    /// Its subfolders, of runs and of scores, sorted by name.
    pub subfolders: Vec<RunFolder>,
}

/// A folder that may belong to a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunFolder {
    /// The path relative to the folder of the sweep.
    pub path: PathBuf,
    /// The record of a run in the folder, if any.
    pub record: Option<RunRecord>,
}

/// The result or checkpoint of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// The hash of all that determines the numbers of the run.
    pub run_hash: RunHash,
    /// The state of the run.
    pub state: RunState,
}

/// The state of a recorded run.
#[derive(Clone, Debug, PartialEq)]
pub enum RunState {
    /// The run has a result.
    Complete {
        /// The name of the trial in the result.
        trial: String,
    },
    /// The run has a checkpoint, from which it can resume.
    Checkpointed {
        /// The number of finished epochs.
        epoch: usize,
    },
}

impl RunRecord {
    /// Whether the run has a result.
    pub fn is_complete(&self) -> bool {
        matches!(self.state, RunState::Complete { .. })
    }

    /// The number of epochs that the record saves. A result counts more than any checkpoint.
    pub(crate) fn saved_epochs(&self) -> usize {
        match self.state {
            RunState::Complete { .. } => usize::MAX,
            RunState::Checkpointed { epoch } => epoch,
        }
    }
}

impl TrialFolder {
    /// Whether tp-sweep created any of its subfolders. Otherwise the folder belongs to the user.
    pub fn is_managed(&self) -> bool {
        self.subfolders.iter().any(RunFolder::is_managed)
    }
}

impl RunFolder {
    /// Whether tp-sweep may have created the folder.
    pub(crate) fn is_managed(&self) -> bool {
        self.is_run() || self.has_scores()
    }

    /// Whether the folder has a name for scores of a whole trial.
    pub(crate) fn has_scores(&self) -> bool {
        [CV_FOLDER, BEST_FOLDER]
            .iter()
            .any(|name| self.path.ends_with(name))
    }

    /// Whether the folder has a name for a run, or contains a record.
    pub(crate) fn is_run(&self) -> bool {
        let name = self.path.file_name().and_then(|name| name.to_str());
        let is_number =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_run_name = |name: &str| match name.strip_prefix("repeat-") {
            None => name.strip_prefix("fold-").is_some_and(is_number),
            Some(rest) => rest
                .split_once("-fold-")
                .is_some_and(|(repeat, fold)| is_number(repeat) && is_number(fold)),
        };
        self.record.is_some() || name.is_some_and(is_run_name)
    }
}

impl Inventory {
    /// Takes the inventory of `folder`; empty if it does not exist.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn read(folder: &Path) -> Result<Self, RecordError> {
        let mut names = subfolder_names(folder)?;
        names.retain(|name| !name.starts_with('.'));
        // In parallel: most of the time is spent waiting for many small files, and parsing them.
        let trials = names.into_par_iter().map(|name| {
            let subfolders = run_folders(folder, Path::new(&name))?;
            Ok(TrialFolder { name, subfolders })
        });
        let archived = if is_folder(&folder.join(ARCHIVE_FOLDER)) {
            run_folders(folder, Path::new(ARCHIVE_FOLDER))?
        } else {
            Vec::new()
        };
        Ok(Self {
            trials: trials.collect::<Result<_, _>>()?,
            archived,
        })
    }

    /// The number of results in a folder and below; `path` is relative to the folder of the sweep.
    pub(crate) fn results_below(&self, path: &Path) -> usize {
        self.trials
            .iter()
            .flat_map(|trial| &trial.subfolders)
            .chain(&self.archived)
            .filter(|run| run.path.starts_with(path))
            .filter_map(|run| run.record.as_ref())
            .filter(|record| record.is_complete())
            .count()
    }
}

/// The subfolders of `inner`, a path relative to `folder`.
fn run_folders(folder: &Path, inner: &Path) -> Result<Vec<RunFolder>, RecordError> {
    let mut names = subfolder_names(&folder.join(inner))?;
    // Excludes temporary folders.
    names.retain(|name| !name.starts_with('.'));
    let read = |name: String| {
        let path = inner.join(name);
        let record = record_in(&folder.join(&path));
        RunFolder { path, record }
    };
    Ok(names.into_par_iter().map(read).collect())
}

/// The record in the folder of a run.
pub(crate) fn record_in(run_folder: &Path) -> Option<RunRecord> {
    let from_result = || {
        let has_result = is_file(&run_folder.join(RESULT_FILE));
        let result = has_result.then(|| RunResult::read_any(run_folder))??;
        Some(RunRecord {
            run_hash: result.run_hash,
            state: RunState::Complete {
                trial: result.trial,
            },
        })
    };
    let from_checkpoint = || {
        let has_checkpoint = is_file(&run_folder.join(CHECKPOINT_FILE));
        let checkpoint = has_checkpoint.then(|| Checkpoint::read_any(run_folder))??;
        Some(RunRecord {
            run_hash: checkpoint.run_hash,
            state: RunState::Checkpointed {
                epoch: checkpoint.state.epoch,
            },
        })
    };
    // The hash comes from a file and becomes the name of a folder: it must not lead to another folder.
    let record = from_result().or_else(from_checkpoint);
    record.filter(|record| record.run_hash.is_well_formed())
}
