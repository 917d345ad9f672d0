//! The commands of `tp-sweep launch`.

use super::print::print_script;
use super::{follow, submit};
use crate::cli::arguments::LaunchCommand;
use crate::cli::errors::CliError;
use crate::launch::{hyperqueue_command, kubernetes_manifest};

/// Runs a command of `launch`; returns the exit code.
///
/// # Errors
/// The sweep is invalid, its data is missing, or the cluster refuses a request.
pub(crate) fn launch(command: &LaunchCommand) -> Result<u8, CliError> {
    match command {
        LaunchCommand::Slurm(arguments) => submit::submit(arguments),
        LaunchCommand::Kubernetes(arguments) => print_script(
            arguments,
            "nothing was submitted; to submit, run `tp-sweep launch kubernetes … --dry-run | kubectl \
             apply -f -`",
            kubernetes_manifest,
        ),
        LaunchCommand::Hyperqueue(arguments) => print_script(
            arguments,
            "nothing was submitted; run this command where `hq` is available, then `tp-sweep report`",
            |request| Ok(hyperqueue_command(request)),
        ),
        LaunchCommand::Status(arguments) => follow::status(arguments),
        LaunchCommand::Cancel(arguments) => follow::cancel(arguments),
    }
}
