//! What listens to a training and writes its records.
pub(super) mod cohort_recorder;
