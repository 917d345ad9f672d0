//! Which runs' weights stay on disk.
pub(super) mod prune_weights;
pub(super) mod weight_retention;
