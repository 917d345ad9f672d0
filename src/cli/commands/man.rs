//! `tp-sweep man`: manual pages.

use crate::cli::arguments::{Arguments, ManArguments};
use crate::cli::errors::CliError;
use crate::cli::messages::print;
use crate::record::RecordError;
use clap::CommandFactory;

/// Writes a page for the program and one for each command; returns the exit code.
///
/// # Errors
/// The folder cannot be written to.
pub(crate) fn man(arguments: &ManArguments) -> Result<u8, CliError> {
    let folder = &arguments.folder;
    let failed = |source| {
        CliError::BeforeStart(RecordError {
            action: "write",
            path: folder.clone(),
            source,
        })
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Arguments::command(), folder).map_err(failed)?;
    print(&format!("{}\n", folder.join("tp-sweep.1").display()))?;
    Ok(0)
}
