//! The commands of `tp-sweep launch`.

use super::print::print_script;
use super::{follow, submit};
use crate::cli::arguments::LaunchCommand;
use crate::cli::errors::CliError;
use crate::launch::{hyperqueue_command, kubernetes_manifest};

/// Hands a sweep to a cluster, or looks after it there; the exit code.
///
/// # Errors
/// A sweep that is not valid, data that is not there, a cluster that refuses.
pub(crate) fn launch(command: &LaunchCommand) -> Result<u8, CliError> {
    match command {
        LaunchCommand::Slurm(arguments) => submit::submit(arguments),
        LaunchCommand::Kubernetes(arguments) => print_script(
            arguments,
            "this is only printed: submit it with `tp-sweep launch kubernetes … --dry-run | \
             kubectl apply -f -`",
            kubernetes_manifest,
        ),
        LaunchCommand::Hyperqueue(arguments) => print_script(
            arguments,
            "this is only printed: run it where `hq` is, and `tp-sweep report` when it has ended",
            |request| Ok(hyperqueue_command(request)),
        ),
        LaunchCommand::Status(arguments) => follow::status(arguments),
        LaunchCommand::Cancel(arguments) => follow::cancel(arguments),
    }
}
