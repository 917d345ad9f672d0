//! The command line: parses arguments, runs commands, prints messages.

mod arguments;
mod commands;
mod completion;
mod context;
mod entry;
mod errors;
mod messages;

pub use arguments::{Arguments, Command};
pub use entry::main;
pub use errors::CliError;
