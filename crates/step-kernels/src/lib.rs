//! Whole training steps of stacked multilayer perceptrons, as a few GPU kernels.
//!
//! `members` models of one shape are trained side by side ("a cohort"). A step of a model with L dense
//! layers is 3·L launches: L forward, one cross-entropy, L − 1 backward, L updates. If a batch has more than
//! 64 samples, each batch norm takes two more launches. Nothing is copied from the host within an epoch:
//! positions of samples, learning rates and dropout keys of all its steps are put on the device before, and
//! a launch takes only the number of its step.
//!
//! One source for CUDA, Vulkan, Metal and WebGPU, by CubeCL. Products are float32 throughout: no tensor
//! cores, so no TF32.

mod activation;
#[cfg(feature = "device")]
mod device;
mod epoch;
mod model;
mod rule;

/// The most buffers that a kernel has: those of the forward pass, and the scalars.
pub const BINDINGS: u32 = 14;

pub use activation::Activation;
#[cfg(feature = "device")]
pub use device::{Features, Matrices, Samples, State, Training, product};
pub use epoch::{Batch, Epoch};
pub use model::{Layer, Model};
pub use rule::{Rule, Step};
