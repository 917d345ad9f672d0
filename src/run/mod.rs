//! Runs a plan on this machine: device, workers, resume, signals, progress. The only room that
//! ties training to records.

mod device;
mod executor;
mod observers;
mod progress;
mod retention;
mod scheduler;

pub use device::{
    Adapter, AdapterClass, Device, DeviceChoice, DeviceError, FreeMemory, GpuKind, PRECISION,
};
pub use executor::device_faults::{CubeclDevice, DeviceFault, Faults};
pub use executor::fault_guard::FaultGuard;
pub use executor::rerun::{RerunResult, rerun};
pub use executor::tensor_executor::{Executor, TensorExecutor, TensorMemory};
pub use progress::{NoProgress, Progress, StartSummary, display};
pub use retention::prune_weights::prune_weights;
pub use retention::weight_retention::runs_without_weights;
pub use scheduler::dispatch::{DeviceSlot, Scheduler, SweepOutcome, remaining};
pub use scheduler::finalize::write_missing_scores;
pub use scheduler::interrupt::{EXIT_RUNS_REMAIN, Interrupt};
pub use scheduler::profiling::unprofiled_trials;
pub use scheduler::resume::remove_leftovers_of_ended;
