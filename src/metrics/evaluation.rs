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

/// Two accuracies on the same samples that differ by less are equal: a sample more counts for more.
const SAME_ACCURACY: f64 = 1e-9;

impl EvalMetrics {
    /// Whether the accuracy is that of so many correctly classified samples.
    pub(crate) fn is_share_correct(&self, correct: usize, samples: usize) -> bool {
        (correct as f64 / samples as f64 - self.accuracy).abs() <= SAME_ACCURACY
    }
}
