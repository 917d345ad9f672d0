//! `tp-sweep launch kubernetes` and `tp-sweep launch hyperqueue`.

use super::request::build_request;
use crate::cli::arguments::{FlagSet, LaunchPrintArguments};
use crate::cli::context::{SweepContext, load};
use crate::cli::errors::CliError;
use crate::cli::messages::{print, warn};
use crate::launch::{LaunchError, LaunchRequest};
use crate::spec::LaunchOptions;

/// Prints the manifest or command for a cluster; returns the exit code.
pub(super) fn print_script<F: FlagSet<Section = LaunchOptions>>(
    arguments: &LaunchPrintArguments<F>,
    hint: &str,
    text: impl Fn(&LaunchRequest) -> Result<String, LaunchError>,
) -> Result<u8, CliError> {
    let SweepContext { sweep, plan, .. } = load(&arguments.sweep)?;
    let mut options = sweep.options.launch;
    arguments.flags.apply(&mut options);
    let request = build_request(&arguments.sweep, &arguments.folders, &plan, options, None)?;
    print(&text(&request)?)?;
    if !arguments.dry_run {
        warn(hint);
    }
    Ok(0)
}
