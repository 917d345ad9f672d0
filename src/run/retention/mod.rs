//! Which runs keep their weights on disk.

pub(super) mod prune_weights;
pub(super) mod weight_retention;
