//! The state of a cohort in training, its steps and its epochs.

mod epoch;
mod fused;
mod max_norm;
mod snapshot;
mod state;
mod steps;
mod uneven_folds;

pub(super) use epoch::Epoch;
pub(super) use snapshot::Snapshot;
pub(super) use state::Cohort;
