//! `tp-sweep plan`.

use crate::cli::arguments::PlanArguments;
use crate::cli::context::{load, warn_of_missing_data};
use crate::cli::errors::CliError;
use crate::cli::messages::print;
use crate::plan::summary;

/// Prints what a sweep would train; the exit code.
///
/// # Errors
/// A sweep file that is not valid, an output that cannot be written to.
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
