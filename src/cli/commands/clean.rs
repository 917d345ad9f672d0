//! `tp-sweep clean`.

use crate::cli::arguments::CleanArguments;
use crate::cli::context::{SweepContext, load_for_results, lock_sweep, open_store};
use crate::cli::errors::CliError;
use crate::cli::messages::{format_bytes, print};
use crate::record::{Prunable, active_holder};
use crate::run::trials_without_weights;

/// Removes or lists the files that the sweep no longer needs; returns the exit code.
///
/// # Errors
/// The sweep file is invalid, another process uses the sweep, results would be removed without `--yes`,
/// or a folder cannot be written.
pub(crate) fn clean(arguments: &CleanArguments) -> Result<u8, CliError> {
    let SweepContext {
        sweep,
        plan,
        dataset_cache,
        ..
    } = load_for_results(&arguments.sweep, &arguments.runs)?;
    let store = open_store(&arguments.runs, &plan, &dataset_cache)?;
    if !store.folder().is_dir() {
        return Err(CliError::NoResults(store.folder().to_owned()));
    }
    // A dry run changes nothing, so it does not take the lock.
    let _lock = if arguments.dry_run {
        if let Some(holder) = active_holder(store.folder()) {
            return Err(CliError::locked(holder, &plan, store.folder()));
        }
        None
    } else {
        Some(lock_sweep(&store, &plan)?)
    };
    let results = store.read(&plan);
    let weightless = trials_without_weights(&sweep, &plan, &results);
    let prunable =
        Prunable::find(&store, &plan, &results, &weightless).map_err(CliError::BeforeStart)?;
    let with_results: Vec<&Prunable> = prunable.iter().filter(|item| item.results > 0).collect();
    if !arguments.dry_run && !arguments.yes && !with_results.is_empty() {
        return Err(CliError::WouldRemoveResults {
            results: with_results.iter().map(|item| item.results).sum(),
            bytes: with_results.iter().map(|item| item.bytes).sum(),
            folder: store.folder().to_owned(),
        });
    }
    let max_width = prunable
        .iter()
        .map(|item| item.path.display().to_string().len())
        .max()
        .unwrap_or(0);
    for item in &prunable {
        if !arguments.dry_run {
            item.remove().map_err(CliError::BeforeStart)?;
        }
        let path = item.path.display().to_string();
        print(&format!(
            "{path:<max_width$}  {:>10}  {}\n",
            format_bytes(item.bytes),
            item.reason
        ))?;
    }
    let total = format_bytes(prunable.iter().map(|item| item.bytes).sum());
    print(&match (prunable.is_empty(), arguments.dry_run) {
        (true, _) => format!("nothing to remove in {}\n", store.folder().display()),
        (false, true) => format!("{total} would be removed (--dry-run)\n"),
        (false, false) => format!("{total} removed\n"),
    })?;
    Ok(0)
}
