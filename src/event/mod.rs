//! What happens to a run: a leaf that training, recording and the progress display all speak.

mod state;

pub use state::{EarlyStoppingState, PlateauState, SavedOptimizer, TrainingState};

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
    /// The norm of the gradient of each layer's weights in the epoch's last step, from the input
    /// side.
    pub gradient_norms: Vec<f64>,
    /// Time of the epoch's training steps, without validation, in seconds, amortised: that of the
    /// cohort divided by its members in training.
    pub seconds: f64,
}

/// The numbers of one layer at the end of an epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerValues {
    /// Its name, such as `layer1`, counted from the input side.
    pub name: String,
    /// Its weights after the epoch.
    pub weights: Vec<f32>,
    /// The gradient of those weights in the epoch's last step, as the loss alone gives it.
    pub gradients: Vec<f32>,
}

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

/// How each class fares: what confusion matrices and precision-recall curves are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassificationCounts {
    /// Samples by true class (row) and predicted class (column).
    pub confusion: Vec<Vec<u64>>,
    /// For each class, its samples by the probability that the model gave the class, in
    /// [`SCORE_BINS`] bins: with n bins, bin k holds k/(n − 1) up to, not including,
    /// (k + 1)/(n − 1), so that the last holds 1 alone.
    pub positives: Vec<Vec<u64>>,
    /// For each class, all other samples by the same probability.
    pub negatives: Vec<Vec<u64>>,
}

/// Bins of the probabilities: the thresholds of a curve in TensorBoard.
pub const SCORE_BINS: usize = 127;

/// The bin of a probability: of n bins, bin k holds k/(n − 1) up to, not including,
/// (k + 1)/(n − 1), so that the last holds 1 alone. What is outside 0 to 1 is in the nearest bin,
/// what is not a number in the first.
///
/// These are the bins of PyTorch's `compute_curve`, with its rounding to 32 bits, and the
/// thresholds that TensorBoard shows.
pub fn score_bin(probability: f32) -> usize {
    // A conversion to whole numbers cuts the fraction off, and saturates.
    let bin = (probability * (SCORE_BINS - 1) as f32) as usize;
    bin.min(SCORE_BINS - 1)
}

impl ClassificationCounts {
    /// Scores of no sample.
    pub fn new(classes: usize) -> Self {
        Self {
            confusion: vec![vec![0; classes]; classes],
            positives: vec![vec![0; SCORE_BINS]; classes],
            negatives: vec![vec![0; SCORE_BINS]; classes],
        }
    }

    /// Adds a sample of class `class` that was given these probabilities.
    ///
    /// # Panics
    /// When there are more or fewer probabilities than classes.
    pub fn add(&mut self, class: usize, probabilities: &[f32]) {
        assert_eq!(probabilities.len(), self.confusion.len());
        let mut predicted = 0;
        for (index, &probability) in probabilities.iter().enumerate() {
            // Of equal ones the first, as the device's argmax takes it.
            if probability > probabilities[predicted] {
                predicted = index;
            }
            let bin = score_bin(probability);
            match index == class {
                true => self.positives[index][bin] += 1,
                false => self.negatives[index][bin] += 1,
            }
        }
        self.confusion[class][predicted] += 1;
    }

    /// Adds the scores of other samples.
    pub fn merge(&mut self, other: &Self) {
        let tables = [
            (&mut self.confusion, &other.confusion),
            (&mut self.positives, &other.positives),
            (&mut self.negatives, &other.negatives),
        ];
        for (mine, theirs) in tables {
            for (mine, theirs) in mine.iter_mut().flatten().zip(theirs.iter().flatten()) {
                *mine += theirs;
            }
        }
    }

    /// The mean over the classes of 2·right / (of the class + taken for it), as scikit-learn's
    /// `f1_score(average="macro")`: over the classes that a sample has or is taken for. A class that
    /// these samples lack and that is never predicted does not count; 0 without samples.
    pub fn macro_f1(&self) -> f64 {
        let score = |class: usize| {
            let right = self.confusion[class][class];
            let actual: u64 = self.confusion[class].iter().sum();
            let predicted: u64 = self.confusion.iter().map(|row| row[class]).sum();
            let total = actual + predicted;
            (total > 0).then(|| 2.0 * right as f64 / total as f64)
        };
        let scores: Vec<f64> = (0..self.confusion.len()).filter_map(score).collect();
        scores.iter().sum::<f64>() / scores.len().max(1) as f64
    }

    /// The share of each class's samples that are classified rightly; nothing for a class
    /// without samples.
    pub fn accuracies(&self) -> Vec<Option<f64>> {
        let share = |(class, row): (usize, &Vec<u64>)| match row.iter().sum::<u64>() {
            0 => None,
            total => Some(row[class] as f64 / total as f64),
        };
        self.confusion.iter().enumerate().map(share).collect()
    }
}

/// Speed and memory of a trial's training, measured alone on the device.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Training time of one epoch, in seconds: the median time of a step, times the steps.
    pub seconds_per_epoch: f64,
    /// Steps that were timed.
    pub steps: usize,
    /// The most memory that parameters, optimizer and steps took at one time, in bytes, where it
    /// is measured.
    pub peak_bytes: Option<u64>,
}

impl Profile {
    /// The faster of two measurements of the same training, with the lower peak of both: what the
    /// process allocates once and for all, such as the workspace of its first matrix product, is no
    /// need of the model.
    #[must_use]
    pub fn fastest(self, other: Self) -> Self {
        let faster = match other.seconds_per_epoch < self.seconds_per_epoch {
            true => other,
            false => self,
        };
        Self {
            peak_bytes: match (self.peak_bytes, other.peak_bytes) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            },
            ..faster
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_macro_f1_is_the_mean_over_classes() {
        let mut scores = ClassificationCounts::new(3);
        // True 0, 0, 1, 1, 1; predicted 0, 1, 1, 1, 0; class 2 never.
        for (class, probabilities) in [
            (0, [0.9, 0.1, 0.0]),
            (0, [0.4, 0.6, 0.0]),
            (1, [0.0, 1.0, 0.0]),
            (1, [0.2, 0.8, 0.0]),
            (1, [0.5, 0.3, 0.2]),
        ] {
            scores.add(class, &probabilities);
        }
        assert_eq!(scores.confusion, [[1, 1, 0], [1, 2, 0], [0, 0, 0]]);
        // sklearn.metrics.f1_score([0,0,1,1,1], [0,1,1,1,0], average=None) gives 0.5, 2/3.
        assert!((scores.macro_f1() - (0.5 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
        assert_eq!(scores.accuracies(), [Some(0.5), Some(2.0 / 3.0), None]);
        assert_eq!(
            scores.positives[1][SCORE_BINS - 1],
            1,
            "1 is in the last bin"
        );
        let mut twice = scores.clone();
        twice.merge(&scores);
        assert_eq!(twice.confusion[1], [2, 4, 0]);
    }

    #[test]
    fn what_only_the_first_measurement_allocates_is_not_the_models() {
        let profile = |seconds_per_epoch, peak_bytes| Profile {
            seconds_per_epoch,
            steps: 5,
            peak_bytes,
        };
        let first = profile(0.2, Some(2_100_000));
        let second = profile(0.3, Some(13_000));
        for found in [first.fastest(second), second.fastest(first)] {
            assert_eq!(found, profile(0.2, Some(13_000)));
        }
        let unknown = profile(0.1, None);
        assert_eq!(unknown.fastest(first).peak_bytes, Some(2_100_000));
    }

    #[test]
    fn classes_that_are_neither_there_nor_predicted_do_not_count_in_the_macro_f1() {
        let macro_f1 = |confusion: [[u64; 3]; 3]| {
            let scores = ClassificationCounts {
                confusion: confusion.map(Vec::from).to_vec(),
                ..ClassificationCounts::new(3)
            };
            scores.macro_f1()
        };
        // Each with sklearn.metrics.f1_score(true, predicted, average="macro").
        for (confusion, expected) in [
            // [0, 0] as [0, 0]
            ([[2, 0, 0], [0, 0, 0], [0, 0, 0]], 1.0),
            // [0, 2, 2] as [0, 2, 2]
            ([[1, 0, 0], [0, 0, 0], [0, 0, 2]], 1.0),
            // [0, 0] as [0, 1]: class 1 is predicted, so it counts.
            ([[1, 1, 0], [0, 0, 0], [0, 0, 0]], 1.0 / 3.0),
            // [0, 1] as [0, 0]: class 1 is there, so it counts.
            ([[1, 0, 0], [1, 0, 0], [0, 0, 0]], 1.0 / 3.0),
            // [0] as [1]
            ([[0, 1, 0], [0, 0, 0], [0, 0, 0]], 0.0),
            ([[0; 3]; 3], 0.0),
        ] {
            let found = macro_f1(confusion);
            assert!((found - expected).abs() < 1e-12, "{confusion:?}: {found}");
        }
    }
}
