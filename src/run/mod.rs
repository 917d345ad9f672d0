//! Runs a plan on this machine: device, workers, resume, signals, progress. The only room that
//! ties training to records.

mod again;
mod crash;
mod device;
mod ending;
mod executor;
mod faults;
mod header;
mod interrupt;
mod keeping;
mod measure;
mod progress;
mod queue;
mod resuming;
mod scheduler;
mod sizing;
mod trusting;
mod watch;
mod weights;
mod work;

pub use again::{Again, train_again};
pub use device::{
    Adapter, AdapterClass, Device, DeviceChoice, DeviceError, FreeMemory, GpuKind, PRECISION,
};
pub use ending::write_missing_scores;
pub use executor::{Executor, Memory, TensorExecutor};
pub use faults::{CubeclDevice, DeviceFault, Faults};
pub use interrupt::{Interrupt, MORE_TO_DO};
pub use keeping::weightless;
pub use measure::unmeasured;
pub use progress::{Beginning, Progress, Silent, display};
pub use resuming::tidy_ended;
pub use scheduler::{Place, Ran, Schedule, remaining};
pub use trusting::Trusting;
pub use weights::settle_weights;
