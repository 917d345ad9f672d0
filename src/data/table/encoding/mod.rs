//! From columns to features.
pub(super) mod encoder;
pub(super) mod issues;
pub(super) mod notes;
