//! The difference between two trials of a sweep: settings, metrics, classes and samples. The first
//! trial is A, the second is B.
pub(super) mod assemble;
mod classes;
mod metrics;
mod missing;
mod pairing;
pub(super) mod recorded_trial;
mod samples;
mod score_test;
mod settings;
mod verdict;
