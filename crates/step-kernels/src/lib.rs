//! Whole training steps of stacked multilayer perceptrons, as a few GPU kernels.
//!
//! `members` models of one shape are trained side by side ("a cohort"). A step of a model with L dense
//! layers is 3·L launches: L forward, one cross-entropy, L − 1 backward, L updates. Nothing is copied
//! from the host within an epoch: positions of samples, learning rates and dropout keys of all its steps
//! are put on the device before, and a launch takes only the number of its step.
//!
//! One source for CUDA, Vulkan, Metal and WebGPU, by CubeCL. Products are float32 throughout: no tensor
//! cores, so no TF32.

mod activation;
mod backward;
mod copy;
mod cross_entropy;
mod dropout;
mod forward;
mod model;
mod rule;
mod tile;
mod training;
mod units;
mod update;

pub use activation::Activation;
pub use model::{Layer, Model};
pub use rule::{Rule, Step};
pub use training::{Batch, Epoch, Samples, Training};
