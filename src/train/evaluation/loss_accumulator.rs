//! The losses of an epoch's steps.

use crate::backend::Backend;
use crate::metrics::Scores;
use crate::model::LossSums;
use crate::stages::select_members;
use burn::tensor::Tensor;

/// Sums the losses and the correct predictions of steps.
///
/// The sums stay on the device and are read back once per epoch. They are float32: the rounding
/// error of a loss is that of one addition per step.
pub(in crate::train) struct LossAccumulator<B: Backend> {
    /// Sum of losses and number of correct predictions: `[members, 1, 2]`.
    sums: Option<Tensor<B, 3>>,
    /// Samples of each member.
    samples: usize,
}

impl<B: Backend> LossAccumulator<B> {
    pub(in crate::train) fn new() -> Self {
        Self {
            sums: None,
            samples: 0,
        }
    }

    /// Adds the sums (`[members, 1, 2]`) of a step over this number of samples.
    pub(in crate::train) fn add(&mut self, sums: Tensor<B, 3>, samples: usize) {
        self.samples += samples;
        self.sums = Some(match self.sums.take() {
            Some(before) => before + sums,
            None => sums,
        });
    }

    /// The sums of these members.
    pub(in crate::train) fn select_members(&self, members: &[usize]) -> Self {
        Self {
            sums: self.sums.as_ref().map(|sums| select_members(sums, members)),
            samples: self.samples,
        }
    }

    /// The scores [`Score::EVERY_EPOCH`](crate::metrics::Score::EVERY_EPOCH) of each member. Reads from the
    /// device.
    pub(in crate::train) fn scores(self) -> Vec<Scores> {
        let Some(sums) = self.sums else {
            return Vec::new();
        };
        let members = sums.dims()[0];
        let sums = LossSums::from_tensor(sums, self.samples);
        (0..members).map(|member| sums.scores(member)).collect()
    }
}
