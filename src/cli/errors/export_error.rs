//! Runs that cannot be exported.

use std::path::PathBuf;

/// A run that cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A trial that the sweep has not.
    #[error("the sweep has no trial {name}{}", suggestion(.nearest.as_ref()))]
    UnknownTrial {
        /// The name that was given.
        name: String,
        /// A trial's name that is like it.
        nearest: Option<String>,
    },
    /// A sweep none of whose trials is complete.
    #[error(
        "no trial is complete, so none is the best yet; the same sweep again continues it, or name \
         a trial with --trial"
    )]
    NoneComplete,
    /// A sweep whose runs have all ended, and each trial has one that failed.
    #[error(
        "no trial is the best: of each at least one run failed ({reason}); the report tells which, \
         and --trial names one"
    )]
    AllFailed {
        /// Why the first failed.
        reason: String,
    },
    /// A sweep of several trials that are not compared.
    #[error(
        "no trial is the best: nothing is held out for validation to compare them by; name one with \
         --trial"
    )]
    NotCompared,
    /// A fold or repeat that the trial has not.
    #[error("the trial {trial} has {folds} and {repeats}, counted from 0")]
    NoSuchRun {
        /// The trial's name.
        trial: String,
        /// Its number of folds, in words.
        folds: String,
        /// Its number of repeats, in words.
        repeats: String,
    },
    /// A run without a result.
    #[error("the run {run} has not finished{}", reason_suffix(.reason.as_ref()))]
    NotFinished {
        /// The run's folder below the sweep's.
        run: PathBuf,
        /// Why it failed, if it did.
        reason: Option<String>,
    },
    /// A run whose weights are not there.
    #[error(
        "the weights of the run {run} were not kept: `keep` in the sweep file says whose are. \
         --retrain trains this run again, on the CPU, and exports it; to have its weights among the \
         results, remove {folder} and run the sweep with --set keep=all"
    )]
    WeightsNotKept {
        /// The run's folder below the sweep's.
        run: PathBuf,
        /// The run's folder.
        folder: PathBuf,
    },
    /// A folder with files that `export` would replace and has not written for this model.
    #[error("{path} is {what}, and would be replaced; give --output another folder")]
    WouldOverwrite {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: String,
    },
    /// A run that fails when it is trained again.
    #[error("the run {0} was trained again and failed")]
    RetrainingFailed(PathBuf),
    /// A format that cannot be written.
    #[error("burn cannot write the record: {0}")]
    Burn(String),
}

fn suggestion(nearest: Option<&String>) -> String {
    match nearest {
        Some(name) => format!("; did you mean {name}?"),
        None => "; the tables and the folder of the results have their names".to_owned(),
    }
}

fn reason_suffix(reason: Option<&String>) -> String {
    reason.map_or_else(String::new, |reason| format!(": {reason}"))
}
