//! `tp-sweep merge`.

use crate::cli::arguments::MergeArguments;
use crate::cli::context::{SweepContext, load_from_results, lock_sweep, open_store_at};
use crate::cli::errors::CliError;
use crate::cli::messages::{list_names, print, warn, with_count};
use crate::plan::{Plan, RunId};
use crate::record::merge as merge_results;
use crate::record::{RecordedSweep, Store, copy_recorded_sweep, links_in};
use std::path::Path;

/// Merges results of one sweep from several folders; returns the exit code, which is 0 even if results
/// are still missing.
///
/// # Errors
/// A folder is not a results folder, or the disk is full.
pub(crate) fn merge(arguments: &MergeArguments) -> Result<u8, CliError> {
    let into = &arguments.into;
    let reference = match RecordedSweep::read(into) {
        Ok(_) => into,
        // A new folder becomes a results folder of the first source's sweep.
        Err(_) => arguments.from.first().unwrap_or(into),
    };
    let SweepContext {
        plan,
        dataset_cache,
        ..
    } = load_from_results(reference, arguments.data.as_deref())?;
    let store = open_store_at(into, &plan, &dataset_cache)?;
    let _lock = lock_sweep(&store, &plan)?;
    if reference != into {
        copy_recorded_sweep(reference, into).map_err(CliError::BeforeStart)?;
    }
    for from in &arguments.from {
        merge_folder(&plan, &store, from)?;
    }
    let runs = plan.runs().count();
    let have = store.read(&plan).runs.len();
    print(&format!(
        "{}: results for {have} of {}\n",
        into.display(),
        with_count(runs, "run")
    ))?;
    Ok(0)
}

/// Merges one folder and prints a summary.
fn merge_folder(plan: &Plan, store: &Store, from: &Path) -> Result<(), CliError> {
    let recorded = RecordedSweep::read(from).map_err(|error| CliError::NotResultsOfSweep {
        folder: from.to_owned(),
        error,
    })?;
    if recorded.name != plan.name {
        warn(&format!(
            "{} belongs to the sweep {}, not {}: copying only runs that both sweeps share",
            from.display(),
            recorded.name,
            plan.name
        ));
    }
    let links = links_in(from);
    if !links.is_empty() {
        warn(&format!(
            "{} contains {}; results behind links are ignored: {}; replace links with their targets \
             and merge again",
            from.display(),
            with_count(links.len(), "link"),
            list_names(links.iter().map(String::as_str))
        ));
    }
    let merged = merge_results(store, plan, from).map_err(CliError::AfterStart)?;
    let mut line = format!(
        "{}: {} copied",
        from.display(),
        with_count(merged.copied.len(), "result")
    );
    if merged.identical > 0 {
        line += &format!(", {} already present with equal values", merged.identical);
    }
    if merged.unmatched > 0 {
        line += &format!(
            ", {} with different settings, data or version skipped",
            merged.unmatched
        );
    }
    print(&format!("{line}\n"))?;
    if !merged.conflicting.is_empty() {
        let name = |run: &RunId| plan.folder(*run).display().to_string();
        let names: Vec<String> = merged.conflicting.iter().map(name).collect();
        warn(&format!(
            "{} of {} already present with different values, not copied: {}; results are \
             bit-identical on CPUs of the same kind, and nearly equal otherwise (`tp-sweep verify` \
             checks a few)",
            with_count(names.len(), "result"),
            from.display(),
            list_names(names.iter().map(String::as_str))
        ));
    }
    Ok(())
}
