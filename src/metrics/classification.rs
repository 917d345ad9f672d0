//! Counts of classified samples: confusion matrices, and histograms of probabilities.

use serde::{Deserialize, Serialize};

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
