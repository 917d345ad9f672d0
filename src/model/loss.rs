//! Loss, accuracy and classification counts of predictions.

use super::host_values::values;
use crate::backend::Backend;
use crate::metrics::{ClassificationCounts, EvaluatedSamples, Score, Scores};
use burn::tensor::{Tensor, activation};

/// The sums of the samples' losses and the numbers of correct predictions.
#[derive(Clone, Debug, PartialEq)]
pub struct LossSums {
    /// For each member, the sum of the samples' cross-entropies.
    pub loss: Vec<f64>,
    /// For each member, the number of samples whose highest logit is that of their class.
    pub correct: Vec<f64>,
    /// The number of samples of each member.
    pub samples: usize,
}

impl LossSums {
    /// Reads [`CrossEntropy::sums`](crate::backend::CrossEntropy) from the device. They must be sums over
    /// this number of samples of each member.
    pub fn from_tensor<B: Backend>(sums: Tensor<B, 3>, samples: usize) -> Self {
        let values = values(sums);
        let column = |first| values.iter().skip(first).step_by(2).copied().map(f64::from);
        Self {
            loss: column(0).collect(),
            correct: column(1).collect(),
            samples,
        }
    }

    /// The sums for logits (`[members, samples, classes]`) and targets (the same shape, or
    /// `[1, samples, classes]` if members share them).
    pub fn from_logits<B: Backend>(logits: Tensor<B, 3>, targets: Tensor<B, 3>) -> Self {
        let samples = logits.dims()[1];
        Self::from_tensor(
            B::cross_entropy(logits, targets.clone(), targets).sums,
            samples,
        )
    }

    /// The mean loss and the accuracy of one member: [`Score::EVERY_EPOCH`].
    pub fn scores(&self, member: usize) -> Scores {
        let (loss, accuracy) = self.means(member);
        Scores::loss_and_accuracy(loss, accuracy)
    }

    /// The mean loss and the accuracy of one member.
    fn means(&self, member: usize) -> (f64, f64) {
        let samples = self.samples as f64;
        (self.loss[member] / samples, self.correct[member] / samples)
    }
}

/// How a member classifies samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Classification {
    /// The scores over all samples.
    pub scores: Scores,
    /// The counts over all samples.
    pub counts: ClassificationCounts,
    /// The class of each sample.
    pub labels: Vec<u16>,
    /// The predicted class of each sample.
    pub predicted: Vec<u16>,
}

/// How each member classifies samples, for logits (`[members, samples, classes]`) and targets (the same
/// shape, or `[1, samples, classes]` if members share them), with these scores of each member.
pub fn classify<B: Backend>(
    logits: Tensor<B, 3>,
    targets: Tensor<B, 3>,
    scores: &[Vec<Score>],
) -> Vec<Classification> {
    let [members, samples, classes] = logits.dims();
    let sums = LossSums::from_logits(logits.clone(), targets.clone());
    let is_shared = targets.dims()[0] == 1;
    let probabilities = values(activation::softmax(logits, 2));
    let labels: Vec<i64> = targets
        .argmax(2)
        .into_data()
        .convert::<i64>()
        .into_vec()
        .expect("just converted");
    let classify_with = |member: usize| {
        let mut found = Classification {
            scores: Scores::default(),
            counts: ClassificationCounts::new(classes),
            labels: Vec::with_capacity(samples),
            predicted: Vec::with_capacity(samples),
        };
        for sample in 0..samples {
            let row = member * samples + sample;
            let class = labels[if is_shared { sample } else { row }] as usize;
            let of_classes = &probabilities[row * classes..(row + 1) * classes];
            let predicted = found.counts.add(class, of_classes);
            // Labels of data sets have 16 bits.
            found.labels.push(class as u16);
            found.predicted.push(predicted as u16);
        }
        let (loss, accuracy) = sums.means(member);
        let of_member = member * samples * classes..(member + 1) * samples * classes;
        let evaluated = EvaluatedSamples::new(
            &found.counts,
            &found.labels,
            &probabilities[of_member],
            loss,
            accuracy,
        );
        found.scores = Scores::compute(&evaluated, scores[member].iter().copied());
        found
    };
    (0..members).map(classify_with).collect()
}
