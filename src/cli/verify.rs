//! `tp-sweep verify`.

use super::arguments::VerifyArguments;
use super::error::CliError;

/// Not there yet.
pub(super) fn verify(_arguments: &VerifyArguments) -> Result<u8, CliError> {
    Ok(0)
}
