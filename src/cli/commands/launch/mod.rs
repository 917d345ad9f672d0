//! `tp-sweep launch`.

mod arguments;
mod follow;
mod slurm;

use crate::cli::arguments::commands::{FolderArguments, SweepArguments};
use crate::cli::context::sweep_context::{SweepContext, load};
use crate::cli::errors::cli_error::CliError;
use crate::cli::messages::output::{print, warn};
use crate::launch::{FOLDER, LaunchError, Request, hyperqueue, kubernetes, path_text, shards};
use crate::plan::Plan;
use crate::spec::LaunchOptions;
pub(crate) use arguments::LaunchCommand;
use arguments::LaunchPrintArguments;
use std::path::Path;

/// Hands a sweep to a cluster, or looks after it there; the exit code.
///
/// # Errors
/// A sweep that is not valid, data that is not there, a cluster that refuses.
pub(crate) fn launch(command: &LaunchCommand) -> Result<u8, CliError> {
    match command {
        LaunchCommand::Slurm(arguments) => slurm::submit(arguments),
        LaunchCommand::Kubernetes(arguments) => write_scripts(
            arguments,
            "this is only printed: submit it with `tp-sweep launch kubernetes … --dry-run | \
             kubectl apply -f -`",
            kubernetes,
        ),
        LaunchCommand::Hyperqueue(arguments) => write_scripts(
            arguments,
            "this is only printed: run it where `hq` is, and `tp-sweep report` when it has ended",
            |request| Ok(hyperqueue(request)),
        ),
        LaunchCommand::Status(arguments) => follow::status(arguments),
        LaunchCommand::Cancel(arguments) => follow::cancel(arguments),
    }
}

/// Prints what a cluster is to be handed.
fn write_scripts(
    arguments: &LaunchPrintArguments,
    hint: &str,
    text: impl Fn(&Request) -> Result<String, LaunchError>,
) -> Result<u8, CliError> {
    let SweepContext { sweep, plan, .. } = load(&arguments.sweep)?;
    let options = arguments.task.options().or(&sweep.launch);
    let request = request(&arguments.sweep, &arguments.folders, &plan, options, None)?;
    print(&text(&request)?)?;
    if !arguments.dry_run {
        warn(hint);
    }
    Ok(0)
}

/// What a cluster is asked to do; no more shards than `most`.
///
/// # Errors
/// Paths that cannot be handed on; more shards asked for than there is room for.
fn request(
    sweep: &SweepArguments,
    folders: &FolderArguments,
    plan: &Plan,
    options: LaunchOptions,
    most: Option<usize>,
) -> Result<Request, CliError> {
    let asked = options.shards.map(crate::spec::Count::get);
    let runs = plan.runs().count();
    let shards = shards(runs, asked);
    if let Some(asked) = asked.filter(|&asked| asked > shards) {
        warn(&format!(
            "{asked} shards were asked for, but there are only {runs} runs: {shards} shards"
        ));
    }
    let shards = match most {
        Some(most) if shards > most && asked.is_some() => {
            return Err(LaunchError::TooManyShards { shards, most }.into());
        }
        Some(most) => shards.min(most).max(1),
        None => shards,
    };
    let program = std::env::current_exe()?;
    let path = sweep.sweep.as_deref().unwrap_or(Path::new(""));
    let output = folders.runs.join(&plan.name).join(FOLDER);
    Ok(Request {
        name: plan.name.clone(),
        program: path_text(&program)?,
        folder: path_text(&std::env::current_dir()?)?,
        sweep: path_text(path)?,
        overrides: sweep.overrides.clone(),
        data: sweep.data.as_deref().map(path_text).transpose()?,
        runs: path_text(&folders.runs)?,
        reports: path_text(&folders.reports)?,
        output: path_text(&output)?,
        plan: None,
        shards,
        options,
    })
}
