//! Errors of `export`.

use std::path::PathBuf;

/// The reason why a run cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No trial is complete.
    #[error(
        "cannot pick a best trial: no trial is complete; continue the sweep with `tp-sweep run`, or \
         choose a trial with --trial"
    )]
    NoneComplete,
    /// Every run has ended, and every trial has a failed run.
    #[error(
        "cannot pick a best trial: every trial has a failed run ({reason}); the report lists them; \
         choose a trial with --trial"
    )]
    AllFailed {
        /// Why the first of them failed.
        reason: String,
    },
    /// The trials have no validation scores to rank them by.
    #[error(
        "cannot pick a best trial: without validation data, trials are not ranked; choose a trial \
         with --trial"
    )]
    NotCompared,
    /// No finished trial has the score to rank it by.
    #[error(
        "cannot pick a best trial: no trial has a value for {score} in all its runs; choose by a \
         different score, or choose a trial with --trial"
    )]
    WithoutScore {
        /// The score, such as `val_roc_auc`.
        score: String,
    },
    /// The rule of the sweep file chooses no trial.
    #[error(
        "`report.select` chooses no trial: {reason}; export the best one with --best, or choose a \
         trial with --trial"
    )]
    NoneChosen {
        /// Why it chooses none.
        reason: String,
    },
    /// The trial has no such fold or repeat.
    #[error("no such run: the trial {trial} has {folds} and {repeats}, counted from 0")]
    NoSuchRun {
        /// The trial's name.
        trial: String,
        /// Its folds, such as `5 folds`.
        folds: String,
        /// Its repeats, such as `1 repeat`.
        repeats: String,
    },
    /// The run has no result, or failed.
    #[error("the run {run} has not finished{}", reason_suffix(.reason.as_ref()))]
    NotFinished {
        /// The run's folder, relative to the sweep's.
        run: PathBuf,
        /// Why it failed, if it did.
        reason: Option<String>,
    },
    /// The weights of the run were not kept.
    #[error(
        "the weights of the run {run} were not kept (see `keep` in the sweep file). --retrain trains \
         this run again on the CPU and exports it; to keep its weights in the results, remove \
         {folder} and run the sweep with --set keep=all"
    )]
    WeightsNotKept {
        /// The run's folder, relative to the sweep's.
        run: PathBuf,
        /// The run's folder.
        folder: PathBuf,
    },
    /// `export` would overwrite a file that it did not write for this model.
    #[error("this would overwrite {path}, {what}; choose a different folder with --output")]
    WouldOverwrite {
        /// The file.
        path: PathBuf,
        /// A description of the file.
        what: String,
    },
    /// The run failed when it was trained again.
    #[error("the run {} failed when it was trained again: {reason}", run.display())]
    RetrainingFailed {
        /// The run's folder.
        run: PathBuf,
        /// How it failed.
        reason: String,
    },
    /// burn cannot write its format.
    #[error("burn cannot write the record: {0}")]
    Burn(String),
}

fn reason_suffix(reason: Option<&String>) -> String {
    reason.map_or_else(String::new, |reason| format!(": {reason}"))
}
