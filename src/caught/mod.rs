//! Panics that must be caught, because they come from libraries: the readers of damaged files, the threads of a GPU's
//! driver, training on such a device. All other errors are values.
//!
//! What is caught is not printed, since the caller reports it. Panics of other threads are printed as always.

mod catch;
mod hook;
mod threads;

pub(crate) use catch::{CaughtPanic, catch, message_of};
pub(crate) use hook::add_handler;
pub(crate) use threads::catch_with_threads;
