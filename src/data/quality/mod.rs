//! Checks of usable data: leaks, copies, coverage, precision.
pub(super) mod copies;
pub(super) mod coverage;
pub(super) mod determined;
pub(super) mod precision;
pub(super) mod remedy;
pub(super) mod shared;
