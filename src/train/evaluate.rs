//! What a model makes of samples that it is not trained on.

use super::batches::Rows;
use super::member::Member;
use crate::data::DeviceSamples;
use crate::event::{ClassScores, Evaluated};
use crate::model::{Network, Sums, class_scores};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// Samples of one forward pass: enough to fill a core's vector units, few enough for its cache.
const BATCH: usize = 512;

/// The answers of a cohort to samples, beside what would be right.
pub(super) struct Answers<B: Backend> {
    /// `[members, samples, classes]`
    logits: Tensor<B, 3>,
    /// The same, or `[1, samples, classes]` where members share the samples.
    targets: Tensor<B, 3>,
}

impl<B: Backend> Answers<B> {
    /// To each member's validation samples; nothing where nothing is held out.
    pub(super) fn to_validation(
        model: &Network<B>,
        samples: &DeviceSamples<B>,
        members: &[Member],
    ) -> Option<Self> {
        if members[0].partition.validation.is_empty() {
            return None;
        }
        let rows = Rows::validation(samples, members, BATCH);
        let batches = rows.ranges(BATCH).map(|range| rows.batch(range));
        let parts = batches.map(|batch| (model.predict(batch.input), batch.targets));
        Some(Self::of(parts))
    }

    /// To all of the held-out test samples.
    pub(super) fn to_all(model: &Network<B>, samples: &DeviceSamples<B>) -> Self {
        let [count, features] = samples.features.dims();
        let classes = samples.targets.dims()[1];
        let parts = (0..count).step_by(BATCH).map(|start| {
            let rows = start..(start + BATCH).min(count);
            let input = samples.features.clone().slice([rows.clone(), 0..features]);
            let targets = samples.targets.clone().slice([rows, 0..classes]);
            (model.predict(input.unsqueeze()), targets.unsqueeze())
        });
        Self::of(parts)
    }

    fn of(parts: impl Iterator<Item = (Tensor<B, 3>, Tensor<B, 3>)>) -> Self {
        let (logits, targets) = parts.unzip();
        Self {
            logits: Tensor::cat(logits, 1),
            targets: Tensor::cat(targets, 1),
        }
    }

    /// Losses and numbers of right answers.
    pub(super) fn sums(&self) -> Sums {
        Sums::of(self.logits.clone(), self.targets.clone())
    }

    /// All metrics of each member.
    pub(super) fn evaluated(&self) -> Vec<(Evaluated, ClassScores)> {
        let sums = self.sums();
        let scores = class_scores(self.logits.clone(), self.targets.clone());
        let evaluated = |(member, scores): (usize, ClassScores)| {
            let (loss, accuracy) = sums.means(member);
            let evaluated = Evaluated {
                loss,
                accuracy,
                macro_f1: scores.macro_f1(),
            };
            (evaluated, scores)
        };
        scores.into_iter().enumerate().map(evaluated).collect()
    }
}
