//! What happens to a run: a leaf that training, recording and the progress display all speak.

use serde::{Deserialize, Serialize};

/// What one epoch of a run gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// The epoch, counted from 1.
    pub epoch: usize,
    /// Mean cross-entropy over the epoch's batches, each before its step, with dropout.
    pub train_loss: f64,
    /// Share of those samples classified rightly, 0 to 1.
    pub train_accuracy: f64,
    /// Mean cross-entropy over the validation samples after the epoch.
    pub val_loss: Option<f64>,
    /// Share of the validation samples classified rightly, 0 to 1.
    pub val_accuracy: Option<f64>,
    /// The learning rate of the epoch's first step.
    pub learning_rate: f64,
    /// Time of the epoch's training steps, without validation, in seconds; of the whole cohort.
    pub seconds: f64,
}

/// What a finished run gave on the held-out test set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestMetrics {
    /// Mean cross-entropy.
    pub loss: f64,
    /// Share classified rightly, 0 to 1.
    pub accuracy: f64,
}

/// Why a run has no result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The loss is no longer a finite number.
    #[error("diverged: the loss is not finite in epoch {epoch}; try a lower learning rate")]
    Diverged {
        /// The epoch, counted from 1.
        epoch: usize,
    },
    /// The program failed.
    #[error("failed: {message}")]
    Crashed {
        /// What the panic said.
        message: String,
    },
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It ran to its end.
    Finished(TestMetrics),
    /// It has no result.
    Failed(Failure),
}
