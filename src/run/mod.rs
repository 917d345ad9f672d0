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
pub use executor::fault_guard::Trusting;
pub use executor::rerun::{Again, train_again};
pub use executor::tensor_executor::{Executor, Memory, TensorExecutor};
pub use progress::{Beginning, Progress, Silent, display};
pub use retention::prune_weights::settle_weights;
pub use retention::weight_retention::weightless;
pub use scheduler::dispatch::{Place, Ran, Schedule, remaining};
pub use scheduler::finalize::write_missing_scores;
pub use scheduler::interrupt::{Interrupt, MORE_TO_DO};
pub use scheduler::profiling::unmeasured;
pub use scheduler::resume::tidy_ended;
