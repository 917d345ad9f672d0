//! Errors and exit codes of the command line.

mod cli_error;
mod exit_code;
mod export_error;
mod missing_sweep;

pub use cli_error::CliError;
pub(super) use cli_error::print_error;
pub(super) use exit_code::{RESULTS_MISSING, results_exit_code};
pub(super) use export_error::ExportError;
pub(super) use missing_sweep::misspelt_command;
