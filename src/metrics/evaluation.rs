//! The scores of a trained model on samples that it was not trained on.

use serde::{Deserialize, Serialize};

/// How a finished model does on samples that it was not trained on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvalMetrics {
    /// Mean cross-entropy.
    pub loss: f64,
    /// Share classified rightly, 0 to 1.
    pub accuracy: f64,
    /// The mean of the classes' F1 scores, 0 to 1; see [`ClassificationCounts::macro_f1`].
    pub macro_f1: f64,
}
