//! Catches and describes panics from three sources: libraries that read damaged files, GPU drivers and their threads,
//! and the training of a cohort. All other errors are values.
//!
//! What is caught is not printed, since the caller reports it. Panics of other threads are printed as always.

mod catch;
mod hook;
mod threads;

pub(crate) use catch::{CaughtPanic, catch, message_of};
pub(crate) use hook::add_handler;
pub(crate) use threads::catch_with_threads;
