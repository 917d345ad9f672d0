//! Conclusions from the scores.
pub(super) mod conclusions;
pub(super) mod grid;
