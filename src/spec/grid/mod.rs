//! The factors of the grid, and conditions on its points.
pub(super) mod factor;
pub(super) mod range;
pub(super) mod trial_filter;
