//! What the steps of an epoch add up to.

use crate::backend::Backend;
use crate::model::{Sums, pick};
use burn::tensor::Tensor;

/// Losses and right answers of the steps so far.
///
/// Logits are kept to the end of the epoch: one pass over all of them, and one reading back, give
/// the loss and the accuracy that single steps would give.
pub(super) struct Tally<B: Backend> {
    /// `[members, batch, classes]` of each step.
    logits: Vec<Tensor<B, 3>>,
    /// The same, or `[1, batch, classes]` where members share their batches.
    targets: Vec<Tensor<B, 3>>,
}

impl<B: Backend> Tally<B> {
    pub(super) fn new() -> Self {
        Self {
            logits: Vec::new(),
            targets: Vec::new(),
        }
    }

    /// Adds a step.
    pub(super) fn add(&mut self, logits: Tensor<B, 3>, targets: Tensor<B, 3>) {
        self.logits.push(logits);
        self.targets.push(targets);
    }

    /// That of some of the members.
    pub(super) fn of_members(&self, places: &[usize]) -> Self {
        let own = |tensors: &[Tensor<B, 3>]| {
            let tensors = tensors.iter();
            let own = |tensor: &Tensor<B, 3>| match tensor.dims()[0] {
                1 => tensor.clone(),
                _ => pick(tensor, places),
            };
            tensors.map(own).collect()
        };
        Self {
            logits: own(&self.logits),
            targets: own(&self.targets),
        }
    }

    /// Mean loss and accuracy of each member; reads them back from the device.
    pub(super) fn means(self) -> Vec<(f64, f64)> {
        let logits = Tensor::cat(self.logits, 1);
        // Members that share their last batches need not have shared those before.
        let mut targets = self.targets;
        if targets.iter().any(|tensor| tensor.dims()[0] > 1) {
            let members = logits.dims()[0];
            let each = targets.into_iter().map(|tensor| {
                let [_, batch, classes] = tensor.dims();
                tensor.expand([members, batch, classes])
            });
            targets = each.collect();
        }
        let sums = Sums::of(logits, Tensor::cat(targets, 1));
        (0..sums.loss.len())
            .map(|member| sums.means(member))
            .collect()
    }
}
