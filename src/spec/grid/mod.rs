//! The factors of the grid and the conditions on trials.
pub(super) mod condition;
pub(super) mod factor;
pub(super) mod range;
mod read_factor;
mod trial_filter;
