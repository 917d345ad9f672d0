//! Counts of classified samples: confusion matrices, and histograms of probabilities.

use serde::{Deserialize, Serialize};

/// The counts behind confusion matrices and precision-recall curves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassificationCounts {
    /// Samples by true class (row) and predicted class (column).
    pub confusion: Vec<Vec<u64>>,
    /// For each class, the number of its samples in each of [`SCORE_BINS`] bins of the predicted
    /// probability of the class; see [`score_bin`].
    pub positives: Vec<Vec<u64>>,
    /// For each class, the number of samples of other classes in each bin of the same probability.
    pub negatives: Vec<Vec<u64>>,
}

/// Number of bins of a probability: the number of thresholds of a precision-recall curve in TensorBoard.
pub const SCORE_BINS: usize = 127;

/// The bin of a probability. Of n bins, bin k contains [k/(n − 1), (k + 1)/(n − 1)), so the last contains
/// only 1. Values outside of 0 to 1 are in the nearest bin, NaN is in the first.
///
/// These are the bins of PyTorch's `compute_curve`, with its rounding to 32 bits, and the thresholds that
/// TensorBoard shows.
pub fn score_bin(probability: f32) -> usize {
    // The conversion truncates and saturates.
    let bin = (probability * (SCORE_BINS - 1) as f32) as usize;
    bin.min(SCORE_BINS - 1)
}

/// The counts of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassCounts {
    /// Samples of the class that are predicted as such.
    pub correct: u64,
    /// Samples of the class.
    pub actual: u64,
    /// Samples that are predicted as of the class.
    pub predicted: u64,
}

impl ClassCounts {
    /// The share of the predicted samples that are of the class; 0 if there are none.
    pub fn precision(self) -> f64 {
        share(self.correct, self.predicted)
    }

    /// The share of the class's samples that are predicted as such; 0 if there are none.
    pub fn recall(self) -> f64 {
        share(self.correct, self.actual)
    }

    /// The harmonic mean of precision and recall; 0 if both are 0.
    pub fn f1(self) -> f64 {
        share(2 * self.correct, self.actual + self.predicted)
    }
}

fn share(part: u64, total: u64) -> f64 {
    if total == 0 {
        0.0
    } else {
        part as f64 / total as f64
    }
}

impl ClassificationCounts {
    /// Counts without samples.
    pub fn new(classes: usize) -> Self {
        Self {
            confusion: vec![vec![0; classes]; classes],
            positives: vec![vec![0; SCORE_BINS]; classes],
            negatives: vec![vec![0; SCORE_BINS]; classes],
        }
    }

    /// Adds a sample of class `class` with the predicted probability of each class. Returns the predicted
    /// class.
    ///
    /// # Panics
    /// If the number of probabilities differs from the number of classes.
    pub fn add(&mut self, class: usize, probabilities: &[f32]) -> usize {
        assert_eq!(probabilities.len(), self.confusion.len());
        let mut predicted = 0;
        for (index, &probability) in probabilities.iter().enumerate() {
            // Of equal probabilities the first, like argmax on the device.
            if probability > probabilities[predicted] {
                predicted = index;
            }
            let bin = score_bin(probability);
            let bins = if index == class {
                &mut self.positives
            } else {
                &mut self.negatives
            };
            bins[index][bin] += 1;
        }
        self.confusion[class][predicted] += 1;
        predicted
    }

    /// Adds the counts of other samples.
    pub fn merge(&mut self, other: &Self) {
        let tables = [
            (&mut self.confusion, &other.confusion),
            (&mut self.positives, &other.positives),
            (&mut self.negatives, &other.negatives),
        ];
        for (table, added) in tables {
            for (count, added) in table.iter_mut().flatten().zip(added.iter().flatten()) {
                *count += added;
            }
        }
    }

    /// The counts of each class.
    pub fn classes(&self) -> Vec<ClassCounts> {
        let rows = self.confusion.iter().enumerate();
        let mut classes: Vec<ClassCounts> = rows
            .map(|(class, row)| ClassCounts {
                correct: row[class],
                actual: row.iter().sum(),
                predicted: 0,
            })
            .collect();
        for row in &self.confusion {
            for (class, &count) in classes.iter_mut().zip(row) {
                class.predicted += count;
            }
        }
        classes
    }

    /// The counts of each class that a sample has or that is predicted. Scores that are means over the
    /// classes omit the others, like scikit-learn.
    pub fn occurring_classes(&self) -> impl Iterator<Item = ClassCounts> {
        let classes = self.classes().into_iter();
        classes.filter(|class| class.actual + class.predicted > 0)
    }

    /// The fraction of correctly classified samples of each class (its recall); `None` for a class without
    /// samples.
    pub fn accuracies(&self) -> Vec<Option<f64>> {
        let accuracy = |(class, row): (usize, &Vec<u64>)| match row.iter().sum::<u64>() {
            0 => None,
            total => Some(row[class] as f64 / total as f64),
        };
        self.confusion.iter().enumerate().map(accuracy).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_give_the_scores_of_each_class() {
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
        let f1: Vec<f64> = scores.classes().into_iter().map(ClassCounts::f1).collect();
        assert_eq!(f1, [0.5, 2.0 / 3.0, 0.0]);
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
}
