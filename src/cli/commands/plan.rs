//! `tp-sweep plan`.

use crate::cli::arguments::PlanArguments;
use crate::cli::context::{load, warn_of_missing_data};
use crate::cli::errors::CliError;
use crate::cli::messages::print;
use crate::plan::summary;

/// Prints what a sweep would train; returns the exit code.
///
/// # Errors
/// The sweep file is invalid, or standard output cannot be written.
pub(crate) fn plan(arguments: &PlanArguments) -> Result<u8, CliError> {
    let context = load(&arguments.sweep)?;
    print(&summary(
        &context.sweep,
        &context.plan,
        &context.remarks.notes,
    ))?;
    warn_of_missing_data(&context);
    Ok(0)
}
