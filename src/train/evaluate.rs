//! What a model makes of samples that it is not trained on.

use super::batches::{Rows, owners};
use super::member::Member;
use super::scaling::Scaling;
use crate::backend::Backend;
use crate::data::DeviceSamples;
use crate::event::{ClassScores, Evaluated};
use crate::model::{Network, Sums, class_scores};
use crate::spec::{SMALLEST_PASS, Stage};
use burn::tensor::Tensor;

/// The most samples of one forward pass: enough to fill a core's vector units.
const LARGEST: usize = 512;
/// Numbers that a pass should not exceed within a stage, so that they stay in a core's cache.
const NUMBERS: usize = 1 << 20;

/// Samples of one forward pass of a model of these stages.
pub(super) fn batch_size(stages: &[Stage]) -> usize {
    let widest = stages.iter().map(|stage| stage.widest()).max();
    (NUMBERS / widest.unwrap_or(1).max(1)).clamp(SMALLEST_PASS, LARGEST)
}

/// The answers of a cohort to samples, beside what would be right.
pub(super) struct Answers<B: Backend> {
    /// `[members, samples, classes]`
    logits: Tensor<B, 3>,
    /// The same, or `[1, samples, classes]` where members share the samples.
    targets: Tensor<B, 3>,
}

impl<B: Backend> Answers<B> {
    /// To each member's validation samples, `batch` in one pass; nothing where nothing is held out.
    pub(super) fn to_validation(
        model: &mut Network<B>,
        samples: &DeviceSamples<B>,
        members: &[Member],
        batch: usize,
    ) -> Option<Self> {
        if members[0].partition.validation.is_empty() {
            return None;
        }
        let rows = Rows::validation(samples, members, batch);
        let batches = rows.ranges(batch).map(|range| rows.batch(range));
        let parts = batches.map(|batch| (model.predict(batch.input), batch.targets));
        Some(Self::of(parts))
    }

    /// To all of the held-out test samples, `batch` in one pass.
    pub(super) fn to_all(
        model: &mut Network<B>,
        samples: &DeviceSamples<B>,
        members: &[Member],
        batch: usize,
    ) -> Self {
        let scaling = Scaling::new(owners(members), samples);
        let count = samples.len();
        let parts = (0..count).step_by(batch).map(|start| {
            let rows = start..(start + batch).min(count);
            let [input, targets] = samples.range(rows);
            let input = match &scaling {
                None => input.unsqueeze(),
                Some(scaling) => scaling.apply(input.unsqueeze()),
            };
            (model.predict(input), targets.unsqueeze())
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
