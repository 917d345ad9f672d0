//! Errors and exit codes of the command line.
pub(super) mod cli_error;
pub(super) mod exit_code;
pub(super) mod export_error;
