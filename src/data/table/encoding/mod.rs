//! From columns to features.
pub(super) mod encoder;
pub(super) mod gaps;
pub(super) mod hints;
pub(super) mod notes;
