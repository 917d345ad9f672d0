//! Trains one cohort on one device, and detects what can fail there.

mod cohort_sizing;
pub(super) mod device_fault;
pub(super) mod executor_trait;
pub(super) mod fault_guard;
pub(super) mod fault_monitor;
mod panic_hook;
pub(super) mod panics;
pub(super) mod probe;
pub(super) mod rerun;
pub(super) mod tensor_executor;
