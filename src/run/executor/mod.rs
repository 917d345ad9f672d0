//! Training one cohort on one device, and what can fail there.
pub(super) mod cohort_sizing;
pub(super) mod device_faults;
pub(super) mod fault_guard;
pub(super) mod panics;
pub(super) mod rerun;
pub(super) mod tensor_executor;
