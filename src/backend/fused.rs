//! The interface to kernels that train whole steps.

use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor};
pub use step_kernels::{Activation, Batch, Epoch, Layer, Model, Rule, Step};

/// A cohort of multilayer perceptrons, and the batches to train it on.
pub struct FusedStart<B: Backend> {
    /// Layers and optimizers.
    pub model: Model,
    /// The features of all samples.
    pub features: FeatureTable<B>,
    /// One-hot targets: `[samples, classes]`.
    pub targets: Tensor<B, 2>,
    /// The order of the samples, and the constants of each step.
    pub epoch: Epoch,
    /// The maximum number of samples in a batch.
    pub batch: usize,
    /// The state before training.
    pub state: FusedState<B>,
}

/// The state that training changes.
pub struct FusedState<B: Backend> {
    /// Weight and bias of each layer, then those of its norm: `[members, …, outputs]`.
    pub parameters: Vec<Tensor<B, 3>>,
    /// The optimizer state: lists with a tensor for each parameter. At the start, an empty list means
    /// zeros. At the end, there are as many lists as the model's optimizers need.
    pub lists: Vec<Vec<Tensor<B, 3>>>,
    /// The running mean and variance of each norm: `[members, 1, outputs]`.
    pub statistics: Vec<Tensor<B, 3>>,
}

/// The features of a data set on a device.
pub enum FeatureTable<B: Backend> {
    /// Float32: `[samples, features]`.
    Floats(Tensor<B, 2>),
    /// Bytes, four per word, the first in the lowest bits: `[samples, words]`.
    PackedBytes(Tensor<B, 2, Int>),
}

/// A cohort that kernels of whole steps train.
pub trait FusedTraining<B: Backend> {
    /// Trains a batch. Returns before the device has finished.
    fn step(&mut self, batch: Batch);

    /// Waits for the device.
    fn wait(&self);

    /// The peak of device memory in bytes, as the device's allocator counts it, without the samples: the memory of the
    /// kernels, plus one copy of the training state, which the cohort holds when they start and when they end.
    fn bytes(&self) -> u64;

    /// Ends the training and returns its result.
    fn finish(self: Box<Self>) -> FusedEnd<B>;
}

/// The result of training by kernels of whole steps.
pub struct FusedEnd<B: Backend> {
    /// The state after training.
    pub state: FusedState<B>,
    /// For each member, the sum of losses and the number of correct predictions: `[members, 1, 2]`.
    pub sums: Tensor<B, 3>,
}
