//! The kernels, and the cohort that they train.

#![allow(
    clippy::manual_div_ceil,
    clippy::manual_rotate,
    clippy::collapsible_if,
    reason = "kernels are in CubeCL's language, which has no such functions, and branches of its own at compile time"
)]

mod activation;
mod backward;
mod batch_norm;
mod buffer;
mod copy;
mod cross_entropy;
mod dropout;
mod forward;
mod launches;
mod layer;
mod normalise;
mod product;
mod rule;
mod samples;
mod tables;
mod tile;
mod training;
mod units;
mod update;

pub use product::{Matrices, product};
pub use training::{Features, Samples, State, Training};
