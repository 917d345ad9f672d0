//! `tp-sweep clean`.

use crate::cli::arguments::CleanArguments;
use crate::cli::context::{SweepContext, load_for_results, lock_sweep, open_store};
use crate::cli::errors::CliError;
use crate::cli::messages::{format_bytes, print};
use crate::record::{Prunable, active_holder};
use crate::run::trials_without_weights;

/// Removes what has no use for the sweep as it is now, or only says what that is; the exit code.
///
/// # Errors
/// A sweep file that is not valid, a process at work, results among what would be removed without
/// `--yes`, folders that cannot be written to.
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
    // Who only looks changes nothing, and keeps nobody out.
    let _lock = match arguments.dry_run {
        true => match active_holder(store.folder()) {
            None => None,
            Some(holder) => {
                return Err(CliError::Locked {
                    holder,
                    name: plan.name.clone(),
                    folder: store.folder().to_owned(),
                });
            }
        },
        false => Some(lock_sweep(&store, &plan)?),
    };
    let results = store.read(&plan);
    let weightless = trials_without_weights(&sweep, &plan, &results.runs);
    let prunable =
        Prunable::find(&store, &plan, &results, &weightless).map_err(CliError::BeforeStart)?;
    let with_results: Vec<&Prunable> = prunable.iter().filter(|one| one.results > 0).collect();
    if !arguments.dry_run && !arguments.yes && !with_results.is_empty() {
        return Err(CliError::WouldRemoveResults {
            results: with_results.iter().map(|one| one.results).sum(),
            bytes: with_results.iter().map(|one| one.bytes).sum(),
            folder: store.folder().to_owned(),
        });
    }
    let widest = prunable
        .iter()
        .map(|one| one.path.display().to_string().len())
        .max();
    for one in &prunable {
        if !arguments.dry_run {
            one.remove().map_err(CliError::BeforeStart)?;
        }
        let path = one.path.display().to_string();
        let width = widest.unwrap_or(0);
        print(&format!(
            "{path:<width$}  {:>10}  {}\n",
            format_bytes(one.bytes),
            one.reason
        ))?;
    }
    let total = format_bytes(prunable.iter().map(|one| one.bytes).sum());
    print(&match (prunable.is_empty(), arguments.dry_run) {
        (true, _) => format!("nothing to remove in {}\n", store.folder().display()),
        (false, true) => format!("{total}; nothing was removed: --dry-run\n"),
        (false, false) => format!("{total} removed\n"),
    })?;
    Ok(0)
}
