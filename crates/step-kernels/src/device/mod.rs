//! The kernels, and the cohort that they train.

#![allow(
    clippy::manual_div_ceil,
    clippy::manual_rotate,
    clippy::collapsible_if,
    reason = "kernels are in CubeCL's language, which has no such functions, and branches of its own at compile time"
)]

mod activation;
mod backward;
mod copy;
mod cross_entropy;
mod dropout;
mod forward;
mod rule;
mod samples;
mod tile;
mod training;
mod units;
mod update;

pub use training::{Features, Samples, Training};
