//! The outcome of a run: the scores of its final model, or a failure.

use crate::metrics::{ClassificationCounts, SamplePredictions, Scores};
use serde::{Deserialize, Serialize};

/// Why a run did not finish.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The loss or its gradient is not finite.
    #[error(
        "diverged: the loss or its gradient is not finite in epoch {epoch}; try a lower learning rate"
    )]
    Diverged {
        /// The epoch, counted from 1.
        epoch: usize,
    },
    /// The program panicked.
    #[error("failed{}: {message}", in_epoch(*.epoch))]
    Crashed {
        /// The message of the panic.
        message: String,
        /// The epoch of the panic, counted from 1; `None` outside of an epoch.
        #[serde(default)]
        epoch: Option<usize>,
        /// The source file and line, if known.
        #[serde(default, rename = "place")]
        location: Option<String>,
    },
}

fn in_epoch(epoch: Option<usize>) -> String {
    epoch.map_or_else(String::new, |epoch| format!(" in epoch {epoch}"))
}

/// The outcome of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It finished.
    Finished(Box<FinishedRun>),
    /// It failed.
    Failed(Failure),
}

/// The final model of a finished run.
#[derive(Clone, Debug, PartialEq)]
pub struct FinishedRun {
    /// The epoch of the final parameters, counted from 1: the last epoch, or the best one if the run
    /// restored it.
    pub epoch: usize,
    /// Scores on the validation samples; `None` without validation.
    pub validation: Option<(Scores, ClassificationCounts)>,
    /// The predictions for the validation samples; `None` without validation.
    pub predictions: Option<SamplePredictions>,
    /// Scores on the test set.
    pub test: (Scores, ClassificationCounts),
}
