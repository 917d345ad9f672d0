//! Catches panics and describes them: of library readers of damaged files, of a GPU's driver and its threads, and of the training of a cohort. All other errors are values.
//!
//! What is caught is not printed, since the caller reports it. Panics of other threads are printed as always.

mod catch;
mod hook;
mod threads;

pub(crate) use catch::{CaughtPanic, catch, message_of};
pub(crate) use hook::add_handler;
pub(crate) use threads::catch_with_threads;
