//! `tp-sweep open`: the report in a browser.

use crate::cli::arguments::{FolderArguments, OpenArguments, SweepArguments};
use crate::cli::context::{file_address, show};
use crate::cli::errors::CliError;
use crate::spec::Sweep;
use std::path::Path;

/// Opens the HTML report of a sweep in the browser, or prints its address if there is no display; returns
/// the exit code.
///
/// # Errors
/// The sweep file is invalid, or there is no report.
pub(crate) fn open(arguments: &OpenArguments) -> Result<u8, CliError> {
    let sweep = sweep_of(&arguments.sweep)?;
    open_page(&sweep, &arguments.folders)?;
    Ok(0)
}

/// The sweep of these arguments, whose data is not needed.
///
/// # Errors
/// The sweep file is invalid.
pub(super) fn sweep_of(arguments: &SweepArguments) -> Result<Sweep, CliError> {
    // clap requires the path for every command that has this argument.
    let path = arguments.sweep.as_deref().unwrap_or(Path::new(""));
    Ok(Sweep::load(path, &arguments.overrides)?)
}

/// Opens the HTML report of a sweep.
///
/// # Errors
/// There is no report.
pub(super) fn open_page(sweep: &Sweep, folders: &FolderArguments) -> Result<(), CliError> {
    let page = folders.reports.join(format!("{}.html", sweep.name));
    if !page.is_file() {
        return Err(CliError::NoPage(page));
    }
    show(&file_address(&page)?)
}
