//! Steps by kernels that train whole steps of stacked multilayer perceptrons.
//!
//! These kernels do the same as [`Cohort::step`](super::Cohort::step), with fewer passes over
//! memory, and copy nothing to the device within an epoch. Cohorts that they do not support (norms
//! other than a batch norm before an activation, convolutions, augmentation, bounds on norms,
//! dropout of the input) use burn's operations.

mod fused_layers;
mod fused_steps;
