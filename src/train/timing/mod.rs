//! Measures how long training steps take, on a fresh cohort that is then discarded.

mod profile;
mod throughput;

pub use profile::{StepTime, profile};
pub use throughput::step_seconds;
