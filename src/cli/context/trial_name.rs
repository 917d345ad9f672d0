//! Trials that the user names.

use crate::cli::errors::CliError;
use crate::plan::Plan;
use crate::spec::nearest;

/// The position of the trial with this name.
///
/// # Errors
/// There is no such trial; the error suggests a similar name.
pub(crate) fn trial_by_name(plan: &Plan, name: &str) -> Result<usize, CliError> {
    let found = plan.trials.iter().position(|trial| trial.name == name);
    found.ok_or_else(|| {
        let names = plan.trials.iter().map(|trial| trial.name.as_str());
        CliError::UnknownTrial {
            name: name.to_owned(),
            nearest: nearest(name, names).map(str::to_owned),
        }
    })
}
