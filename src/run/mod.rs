//! Runs a plan on this machine: device, workers, resume, signals, progress. The only room that
//! ties training to records.

mod device;
mod executor;
mod interrupt;
mod progress;
mod scheduler;
mod watch;

pub use device::{Device, DeviceChoice, DeviceError};
pub use executor::{Executor, TensorExecutor};
pub use interrupt::Interrupt;
pub use progress::{Progress, Silent, display};
pub use scheduler::{Ran, Schedule, remaining, unmeasured};
