//! Checks of usable data: leaks, copies, coverage, precision.
pub(super) mod class_coverage;
pub(super) mod label_copies;
pub(super) mod precision;
pub(super) mod remedy;
pub(super) mod target_leakage;
pub(super) mod train_test_overlap;
