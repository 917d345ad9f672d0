//! How a run ends: with the metrics of its final model, or with a failure.

use crate::metrics::{ClassificationCounts, EvalMetrics};
use serde::{Deserialize, Serialize};

/// Why a run has no result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The loss, or the gradient, is no longer a finite number.
    #[error(
        "diverged: the loss or its gradient is not finite in epoch {epoch}; try a lower learning rate"
    )]
    Diverged {
        /// The epoch, counted from 1.
        epoch: usize,
    },
    /// The program failed.
    #[error("failed{}: {message}", in_epoch(*.epoch))]
    Crashed {
        /// What the panic said.
        message: String,
        /// The epoch that it was in, counted from 1, where it was in one.
        #[serde(default)]
        epoch: Option<usize>,
        /// The file and line of the program, where they are known.
        #[serde(default)]
        place: Option<String>,
    },
}

fn in_epoch(epoch: Option<usize>) -> String {
    epoch.map_or_else(String::new, |epoch| format!(" in epoch {epoch}"))
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It ran to its end.
    Finished(Box<FinishedRun>),
    /// It has no result.
    Failed(Failure),
}

/// How a finished run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct FinishedRun {
    /// The epoch whose parameters are the final ones, counted from 1: the last, unless the run
    /// went back to its best.
    pub epoch: usize,
    /// On the validation samples, where there are any.
    pub validation: Option<(EvalMetrics, ClassificationCounts)>,
    /// On the held-out test set.
    pub test: (EvalMetrics, ClassificationCounts),
}
