//! The samples from which scores are computed.

use crate::metrics::ClassificationCounts;
use std::cell::OnceCell;

/// Samples that a model was evaluated on: their classes, and the predicted probability of each class.
pub struct EvaluatedSamples<'a> {
    counts: &'a ClassificationCounts,
    labels: &'a [u16],
    /// `[samples, classes]`
    probabilities: &'a [f32],
    loss: f64,
    accuracy: f64,
    rankings: OnceCell<Vec<Vec<RankedSample>>>,
}

/// A sample in the ranking by the predicted probability of one class.
///
/// The bits of a probability are in the order of their values, so that one integer holds both and sorts
/// fast: the bits of the probability, then whether the sample is of the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankedSample(u32);

impl RankedSample {
    fn new(probability: f32, is_of_class: bool) -> Self {
        // Bits of at most 1.0, so that the shift loses none; NaN ranks below every probability.
        let bits = if probability > 0.0 {
            probability.min(1.0).to_bits()
        } else {
            0
        };
        Self(bits << 1 | u32::from(is_of_class))
    }

    /// Whether the sample is of the class.
    pub fn is_of_class(self) -> bool {
        self.0 & 1 == 1
    }

    /// Whether both have the same probability.
    pub fn ties_with(self, other: Self) -> bool {
        self.0 >> 1 == other.0 >> 1
    }
}

impl<'a> EvaluatedSamples<'a> {
    /// Samples of these classes, with the probabilities of all classes for each sample
    /// (`[samples, classes]`), and what follows from both: their counts, the mean cross-entropy and the
    /// accuracy.
    ///
    /// # Panics
    /// If the number of probabilities is not that of samples times classes.
    pub fn new(
        counts: &'a ClassificationCounts,
        labels: &'a [u16],
        probabilities: &'a [f32],
        loss: f64,
        accuracy: f64,
    ) -> Self {
        assert_eq!(probabilities.len(), labels.len() * counts.confusion.len());
        Self {
            counts,
            labels,
            probabilities,
            loss,
            accuracy,
            rankings: OnceCell::new(),
        }
    }

    /// The counts of samples by class and predicted class.
    pub fn counts(&self) -> &ClassificationCounts {
        self.counts
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.counts.confusion.len()
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The mean cross-entropy, as training computes it.
    pub fn loss(&self) -> f64 {
        self.loss
    }

    /// The share of samples whose most probable class is their own, as training computes it.
    pub fn accuracy(&self) -> f64 {
        self.accuracy
    }

    /// Each sample's class with the probabilities of all classes.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[f32])> {
        let rows = self.probabilities.chunks_exact(self.classes().max(1));
        self.labels
            .iter()
            .map(|&label| usize::from(label))
            .zip(rows)
    }

    /// The mean over the samples of a value of each: of its class and the probabilities of all classes;
    /// `None` without samples.
    pub fn mean_of(&self, value: impl Fn(usize, &[f32]) -> f64) -> Option<f64> {
        let sum: f64 = self.iter().map(|(label, row)| value(label, row)).sum();
        (!self.is_empty()).then(|| sum / self.len() as f64)
    }

    /// The share of samples whose class is among the `k` most probable ones; `None` if there are no more
    /// than `k` classes, so that each is. Of equal probabilities, the later class comes first, as in
    /// scikit-learn.
    pub fn top_k_accuracy(&self, k: usize) -> Option<f64> {
        let is_in_top = |class: usize, row: &[f32]| {
            let above = row.iter().enumerate().filter(|&(other, &probability)| {
                probability > row[class] || (probability == row[class] && other > class)
            });
            above.count() < k
        };
        let share = |class: usize, row: &[f32]| f64::from(u8::from(is_in_top(class, row)));
        (self.classes() > k).then(|| self.mean_of(share))?
    }

    /// For each class, the samples by the predicted probability of the class, the least probable first.
    pub fn rankings(&self) -> &[Vec<RankedSample>] {
        self.rankings.get_or_init(|| {
            let ranking = |class: usize| {
                let samples = self
                    .iter()
                    .map(|(label, row)| RankedSample::new(row[class], label == class));
                let mut samples: Vec<RankedSample> = samples.collect();
                // Twice as fast as a comparison sort, and it is most of the time of all scores.
                radsort::sort_by_key(&mut samples, |sample| sample.0);
                samples
            };
            (0..self.classes()).map(ranking).collect()
        })
    }

    /// The mean over the classes of a value of each ranking; `None` if no class has one.
    pub fn mean_of_rankings(&self, value: impl Fn(&[RankedSample]) -> Option<f64>) -> Option<f64> {
        let rankings = self.rankings().iter();
        mean(rankings.filter_map(|ranking| value(ranking)))
    }
}

/// The mean; `None` of no values.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
