//! The factors of the grid, and conditions on its points.
pub(super) mod condition;
pub(super) mod factor;
pub(super) mod range;
mod read_factor;
mod trial_filter;
