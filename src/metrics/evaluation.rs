//! Scores of a model on samples that it was not trained on.

use serde::{Deserialize, Serialize};

/// The scores of a final model on samples that it was not trained on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvalMetrics {
    /// Mean cross-entropy.
    pub loss: f64,
    /// Fraction of correctly classified samples, 0 to 1.
    pub accuracy: f64,
    /// The mean F1 score over the classes, 0 to 1; see [`ClassificationCounts::macro_f1`](super::ClassificationCounts::macro_f1).
    pub macro_f1: f64,
}
