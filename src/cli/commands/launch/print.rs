//! `tp-sweep launch kubernetes` and `tp-sweep launch hyperqueue`.

use super::request::build_request;
use crate::cli::arguments::LaunchPrintArguments;
use crate::cli::context::{SweepContext, load};
use crate::cli::errors::CliError;
use crate::cli::messages::{print, warn};
use crate::launch::{LaunchError, LaunchRequest};

/// Prints the manifest or command for a cluster; returns the exit code.
pub(super) fn print_script(
    arguments: &LaunchPrintArguments,
    hint: &str,
    text: impl Fn(&LaunchRequest) -> Result<String, LaunchError>,
) -> Result<u8, CliError> {
    let SweepContext { sweep, plan, .. } = load(&arguments.sweep)?;
    let options = arguments.task.options().or(&sweep.options.launch);
    let request = build_request(&arguments.sweep, &arguments.folders, &plan, options, None)?;
    print(&text(&request)?)?;
    if !arguments.dry_run {
        warn(hint);
    }
    Ok(0)
}
