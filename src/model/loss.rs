//! How answers fare: cross-entropy, right answers, scores of each class.

use crate::backend::Backend;
use crate::metrics::ClassificationCounts;
use burn::tensor::{Tensor, activation};

/// The sums over the samples of cross-entropy, and the numbers of right answers.
#[derive(Clone, Debug, PartialEq)]
pub struct LossSums {
    /// The sum of the samples' cross-entropies, for each member.
    pub loss: Vec<f64>,
    /// Samples whose highest logit is that of their class, for each member.
    pub correct: Vec<f64>,
    /// Samples of each member.
    pub samples: usize,
}

impl LossSums {
    /// Reads what steps have added up ([`CrossEntropy::sums`](crate::backend::CrossEntropy)) over
    /// this many samples of each member.
    pub fn read<B: Backend>(sums: Tensor<B, 3>, samples: usize) -> Self {
        let values = values(sums);
        let every = |first| values.iter().skip(first).step_by(2).copied().map(f64::from);
        Self {
            loss: every(0).collect(),
            correct: every(1).collect(),
            samples,
        }
    }

    /// Adds up logits (`[members, samples, classes]`) against targets (the same, or shared).
    pub fn of<B: Backend>(logits: Tensor<B, 3>, targets: Tensor<B, 3>) -> Self {
        let samples = logits.dims()[1];
        Self::read(
            B::cross_entropy(logits, targets.clone(), targets).sums,
            samples,
        )
    }

    /// Mean loss and accuracy of one member.
    pub fn means(&self, member: usize) -> (f64, f64) {
        let samples = self.samples as f64;
        (self.loss[member] / samples, self.correct[member] / samples)
    }
}

/// How each class fares, for each member: logits (`[members, samples, classes]`) against targets
/// (the same, or shared).
pub fn class_scores<B: Backend>(
    logits: Tensor<B, 3>,
    targets: Tensor<B, 3>,
) -> Vec<ClassificationCounts> {
    let [members, samples, classes] = logits.dims();
    let shared = targets.dims()[0] == 1;
    let probabilities = values(activation::softmax(logits, 2));
    let truth: Vec<i64> = targets
        .argmax(2)
        .into_data()
        .convert::<i64>()
        .into_vec()
        .expect("just converted");
    let scores_of = |member: usize| {
        let mut scores = ClassificationCounts::new(classes);
        for sample in 0..samples {
            let row = member * samples + sample;
            let class = truth[if shared { sample } else { row }] as usize;
            scores.add(class, &probabilities[row * classes..(row + 1) * classes]);
        }
        scores
    };
    (0..members).map(scores_of).collect()
}

/// All numbers of a tensor, read from its device.
pub fn values<B: Backend>(tensor: Tensor<B, 3>) -> Vec<f32> {
    let data = tensor.into_data().convert::<f32>();
    data.into_vec().expect("just converted")
}
