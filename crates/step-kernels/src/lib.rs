//! Whole training steps of stacked multilayer perceptrons, as a few GPU kernels.
//!
//! The models of a cohort, its members, are trained together. A step of a model with L dense
//! layers is 3·L launches: L forward, one cross-entropy, L − 1 backward, L updates. If a batch has more than
//! 64 samples, each batch norm takes two more launches. Nothing is copied from the host within an epoch:
//! the positions of samples, learning rates and dropout keys of all steps are copied to the device before, and
//! a launch takes only the index of its step.
//!
//! CubeCL compiles the same source for CUDA, Vulkan, Metal and WebGPU. All products are float32, without tensor
//! cores and TF32.

mod activation;
#[cfg(feature = "device")]
mod device;
mod epoch;
mod model;
mod rule;

/// Added to a batch's variance in a batch norm to avoid division by zero: the default of `torch.nn.BatchNorm1d`.
pub const NORM_EPSILON: f64 = 1e-5;
/// The weight of the newest batch in the running mean and variance of a batch norm: PyTorch's default.
pub const NORM_MOMENTUM: f64 = 0.1;

/// The maximum number of buffers of a kernel: those of the forward pass, and the scalars.
pub const MAX_BINDINGS: u32 = 14;

pub use activation::Activation;
#[cfg(feature = "device")]
pub use device::{Features, Matrices, Samples, State, Training, product};
pub use epoch::{Batch, Epoch};
pub use model::{Layer, Model};
pub use rule::{Rule, Step};
