//! Runs a plan on this machine: devices, workers, resuming, signals and progress. The only room
//! that connects training to records.

mod context;
mod device;
mod executor;
mod interrupt;
mod mutex;
mod progress;
mod progress_display;
mod progress_json;
mod recording;
mod retention;
mod scheduler;
mod sweep_state;
mod thread_pool;

pub use context::{DeviceSlot, ExecutionContext};
pub use device::adapter::{Adapter, AdapterKind};
pub use device::choice::{DeviceChoice, GpuKind};
pub use device::compute_device::{Device, PRECISION};
pub use device::error::DeviceError;
pub use device::facts::check::DeviceCheck;
pub use device::facts::cuda_requirements::cuda_requirements;
pub use device::facts::device_facts::{DeviceFacts, DevicesOfKind, devices};
pub use device::facts::requirement::{MissingRequirement, Requirement};
pub use device::memory::FreeMemory;
pub use device::memory_size::MemorySize;
pub use executor::Executor;
pub use executor::cohort_error::CohortError;
pub use executor::device_fault::{CubeclDevice, DeviceFault};
pub use executor::fault_check::FaultCheck;
pub use executor::fault_monitor::FaultMonitor;
pub use executor::rerun::{RerunResult, rerun, rerun_unless_stopped};
pub use executor::tensor_executor::{TensorExecutor, TensorMemory};
pub use interrupt::{EXIT_RUNS_REMAIN, Interrupt};
pub use progress::{NoProgress, Progress, StartSummary};
pub use progress_display::display;
pub use progress_json::JsonProgress;
pub use recording::ended_run_leftovers::remove_leftovers_of_ended;
pub use recording::trial_scores::write_missing_scores;
pub use retention::prune_weights::prune_weights;
pub use retention::weight_retention::trials_without_weights;
pub use scheduler::dispatch::{SweepOutcome, remaining, run_sweep};
pub use scheduler::profiling::unprofiled_trials;
