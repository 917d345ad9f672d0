//! `tp-sweep merge`.

use crate::cli::arguments::MergeArguments;
use crate::cli::context::{SweepContext, fingerprints, load_from_results, lock_sweep};
use crate::cli::errors::CliError;
use crate::cli::messages::{list_names, print, warn, with_count};
use crate::plan::{Plan, RunId};
use crate::record::merge as merge_results;
use crate::record::{RecordedSweep, Store, copy_recorded_sweep, links_in};
use std::path::Path;

/// Brings results of one sweep that were trained in other folders into one; the exit code: 0, also
/// where results are still missing.
///
/// # Errors
/// Folders that are none of a sweep's results, or of another sweep; a full disk.
pub(crate) fn merge(arguments: &MergeArguments) -> Result<u8, CliError> {
    let into = &arguments.into;
    let reference = match RecordedSweep::read(into) {
        Ok(_) => into,
        // A folder that is not there yet becomes one of the sweep that the first is of.
        Err(_) => arguments.from.first().unwrap_or(into),
    };
    let SweepContext {
        plan,
        dataset_cache,
        ..
    } = load_from_results(reference, arguments.data.as_deref())?;
    let fingerprints = fingerprints(&plan, &dataset_cache)?;
    let store = Store::at(into, &plan, |config| {
        fingerprints[&config.data.source()].clone()
    });
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
        "{}: {have} of {} now have their results\n",
        into.display(),
        with_count(runs, "run")
    ))?;
    Ok(0)
}

/// Merges one folder, and tells what became of its results.
fn merge_folder(plan: &Plan, store: &Store, from: &Path) -> Result<(), CliError> {
    let recorded = RecordedSweep::read(from).map_err(|error| CliError::NotResultsOfSweep {
        folder: from.to_owned(),
        error,
    })?;
    if recorded.name != plan.name {
        warn(&format!(
            "{} is of the sweep {}, not of {}: only what is the same run in both is taken",
            from.display(),
            recorded.name,
            plan.name
        ));
    }
    let links = links_in(from);
    if !links.is_empty() {
        warn(&format!(
            "{} has {}, and results behind a link are not taken: {}; move what it leads to there, and \
             merge again",
            from.display(),
            with_count(links.len(), "link"),
            list_names(links.iter().map(String::as_str))
        ));
    }
    let merged = merge_results(store, plan, from).map_err(CliError::AfterStart)?;
    let mut line = format!(
        "{}: {} taken",
        from.display(),
        with_count(merged.copied.len(), "result")
    );
    if merged.identical > 0 {
        line += &format!(", {} here already with the same numbers", merged.identical);
    }
    if merged.unmatched > 0 {
        line += &format!(
            ", {} of other settings, data or versions left out",
            merged.unmatched
        );
    }
    print(&format!("{line}\n"))?;
    if !merged.conflicting.is_empty() {
        let name = |run: &RunId| plan.folder(*run).display().to_string();
        let names: Vec<String> = merged.conflicting.iter().map(name).collect();
        warn(&format!(
            "{} of {} here already with other numbers, which stay: {}; results are equal to the bit on \
             CPUs of one kind, and nearly equal elsewhere (`tp-sweep verify` trains some again)",
            with_count(names.len(), "result"),
            from.display(),
            list_names(names.iter().map(String::as_str))
        ));
    }
    Ok(())
}
