//! The result of a cross-entropy.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend as BurnBackend;

/// The result of [`Backend::cross_entropy`](super::Backend::cross_entropy) for a batch.
pub struct CrossEntropy<B: BurnBackend> {
    /// The gradient of the mean over the batch: `(softmax(logits) − smoothed_targets) / batch`.
    pub gradient: Tensor<B, 3>,
    /// For each member, the sum of the losses for the unsmoothed targets, and the number of samples whose
    /// highest logit is that of their class: `[members, 1, 2]`.
    pub sums: Tensor<B, 3>,
}
