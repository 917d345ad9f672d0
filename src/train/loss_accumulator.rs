//! What the steps of an epoch add up to.

use crate::backend::Backend;
use crate::model::{LossSums, pick};
use burn::tensor::Tensor;

/// Losses and right answers of the steps so far.
///
/// They stay on the device to the end of the epoch, which reads back once. Added up in float32: the
/// rounding of a loss is that of as many additions as there are steps.
pub(super) struct LossAccumulator<B: Backend> {
    /// Sums of losses and of right answers: `[members, 1, 2]`.
    sums: Option<Tensor<B, 3>>,
    /// Samples of each member.
    samples: usize,
}

impl<B: Backend> LossAccumulator<B> {
    pub(super) fn new() -> Self {
        Self {
            sums: None,
            samples: 0,
        }
    }

    /// Adds the sums of a step (`[members, 1, 2]`) over so many samples.
    pub(super) fn add(&mut self, sums: Tensor<B, 3>, samples: usize) {
        self.samples += samples;
        self.sums = Some(match self.sums.take() {
            Some(before) => before + sums,
            None => sums,
        });
    }

    /// That of some of the members.
    pub(super) fn of_members(&self, places: &[usize]) -> Self {
        Self {
            sums: self.sums.as_ref().map(|sums| pick(sums, places)),
            samples: self.samples,
        }
    }

    /// Mean loss and accuracy of each member; reads them back from the device.
    pub(super) fn means(self) -> Vec<(f64, f64)> {
        let Some(sums) = self.sums else {
            return Vec::new();
        };
        let members = sums.dims()[0];
        let sums = LossSums::read(sums, self.samples);
        (0..members).map(|member| sums.means(member)).collect()
    }
}
