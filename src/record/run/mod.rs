//! The files of one run's folder.
pub(super) mod checkpoint;
pub(super) mod classes;
pub(super) mod epochs;
pub(super) mod input_scale;
pub(super) mod plausibility;
pub(super) mod profile;
pub(super) mod recorder;
pub(super) mod result;
pub(super) mod score;
pub(super) mod weights;
