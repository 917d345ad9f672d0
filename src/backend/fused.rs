//! The seam to kernels that train whole steps.

use super::Backend;
use burn::tensor::{Int, Tensor};
pub use step_kernels::{Activation, Batch, Epoch, Layer, Model, Rule, Step};

/// A cohort of multilayer perceptrons, and the batches that it is to be trained on.
pub struct FusedStart<B: Backend> {
    /// Shapes, functions and optimizers.
    pub model: Model,
    /// The features of all samples.
    pub features: FeatureTable<B>,
    /// A unit vector for each sample: `[samples, classes]`.
    pub targets: Tensor<B, 2>,
    /// The batches.
    pub epoch: Epoch,
    /// The largest number of samples in a batch.
    pub batch: usize,
    /// The state before training.
    pub state: FusedState<B>,
}

/// Everything that training changes.
pub struct FusedState<B: Backend> {
    /// Weight and bias of each layer, then those of its norm: `[members, …, outputs]`.
    pub parameters: Vec<Tensor<B, 3>>,
    /// The optimizer state: lists with a tensor for each parameter. At the start, an empty list stands for
    /// zeros; at the end, there are as many lists as the model's optimizers need.
    pub lists: Vec<Vec<Tensor<B, 3>>>,
    /// The running mean and variance of each norm: `[members, 1, outputs]`.
    pub statistics: Vec<Tensor<B, 3>>,
}

/// The features of a data set on a device.
pub enum FeatureTable<B: Backend> {
    /// As a network sees them: `[samples, features]`.
    Numbers(Tensor<B, 2>),
    /// As bytes, four in a word, the first in its lowest bits: `[samples, words]`.
    Words(Tensor<B, 2, Int>),
}

/// A cohort in training by kernels of whole steps.
pub trait FusedTraining<B: Backend> {
    /// Trains a batch. The device may still be at work when this returns.
    fn step(&mut self, batch: Batch);

    /// Waits for the device.
    fn wait(&self);

    /// The peak of device memory in bytes, as the device's allocator counts it, without the samples: what the kernels
    /// use, and once more all that training changes, which the cohort holds when they start and when they end.
    fn bytes(&self) -> u64;

    /// Ends the training.
    fn finish(self: Box<Self>) -> FusedEnd<B>;
}

/// What training by kernels of whole steps leaves.
pub struct FusedEnd<B: Backend> {
    /// The state after training.
    pub state: FusedState<B>,
    /// Of each member the sum of losses and the number of right answers: `[members, 1, 2]`.
    pub sums: Tensor<B, 3>,
}
