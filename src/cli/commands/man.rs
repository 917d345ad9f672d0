//! `tp-sweep man`: manual pages.

use crate::cli::arguments::{Arguments, ManArguments};
use crate::cli::errors::CliError;
use crate::cli::messages::print;
use clap::CommandFactory;

/// Writes a page for the program and one for each command; returns the exit code.
///
/// # Errors
/// The folder cannot be written to.
pub(crate) fn man(arguments: &ManArguments) -> Result<u8, CliError> {
    let folder = &arguments.folder;
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(Arguments::command().disable_help_subcommand(true), folder)?;
    print(&format!("{}\n", folder.join("tp-sweep.1").display()))?;
    Ok(0)
}
