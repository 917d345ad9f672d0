//! Builds the launch request from the arguments and the sweep file.

use crate::cli::arguments::{FolderArguments, SweepArguments};
use crate::cli::errors::CliError;
use crate::cli::messages::warn;
use crate::launch::{LAUNCH_FOLDER, LaunchError, LaunchRequest, absolute_path_text, shard_count};
use crate::plan::Plan;
use crate::spec::LaunchOptions;
use std::path::Path;

/// Builds the request, with at most `max_shards` shards.
///
/// # Errors
/// A path cannot be passed on, or the user requests more than `max_shards` shards.
pub(super) fn build_request(
    sweep: &SweepArguments,
    folders: &FolderArguments,
    plan: &Plan,
    options: LaunchOptions,
    max_shards: Option<usize>,
) -> Result<LaunchRequest, CliError> {
    let requested = options.shards.map(crate::spec::Count::get);
    let runs = plan.runs().count();
    let shards = shard_count(runs, requested);
    if let Some(requested) = requested.filter(|&requested| requested > shards) {
        warn(&format!(
            "using {shards} shards instead of {requested}, because there are only {runs} runs"
        ));
    }
    let shards = match max_shards {
        Some(max_shards) if shards > max_shards && requested.is_some() => {
            return Err(LaunchError::TooManyShards {
                shards,
                max: max_shards,
            }
            .into());
        }
        Some(max_shards) => shards.min(max_shards).max(1),
        None => shards,
    };
    let program = std::env::current_exe()?;
    let path = sweep.sweep.as_deref().unwrap_or(Path::new(""));
    let output = folders.runs.join(&plan.name).join(LAUNCH_FOLDER);
    Ok(LaunchRequest {
        name: plan.name.clone(),
        program: absolute_path_text(&program)?,
        folder: absolute_path_text(&std::env::current_dir()?)?,
        sweep: absolute_path_text(path)?,
        overrides: sweep.overrides.clone(),
        data: sweep.data.as_deref().map(absolute_path_text).transpose()?,
        runs: absolute_path_text(&folders.runs)?,
        reports: absolute_path_text(&folders.reports)?,
        output: absolute_path_text(&output)?,
        plan: None,
        shards,
        options,
    })
}
