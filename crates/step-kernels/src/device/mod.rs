//! The kernels, and the cohort that they train.

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
