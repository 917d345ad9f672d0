//! `tp-sweep report --watch`.

use super::report::{report, write_report};
use crate::cli::arguments::ReportArguments;
use crate::cli::context::{
    RecordedDetails, load_for_results, open_store, refuse_report_over_inputs,
};
use crate::cli::errors::CliError;
use crate::cli::messages::{print, with_count};
use crate::plan::Plan;
use crate::record::{RESULT_FILE, Store, active_holder};
use crate::report::Listing;
use crate::run::Interrupt;
use std::time::{Duration, Instant, SystemTime};

/// How often an open page loads its file again.
const RELOAD_SECONDS: u32 = 5;

/// The shortest time between two looks at the results.
const MIN_POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The time between two polls, as a multiple of the time that a poll takes. Many results on a slow disk are
/// therefore polled less often.
const POLL_INTERVAL_PER_LOOK: u32 = 20;

/// How long a wait takes at most before it notices a signal.
const SIGNAL_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Writes the report again whenever results have changed, until every run has a result and no process is
/// at work, or until Ctrl-C; then writes the final report. Returns the exit code of `report`; 0 after Ctrl-C.
///
/// # Errors
/// The sweep file is invalid, or a folder cannot be written.
pub(crate) fn watch_report(arguments: &ReportArguments) -> Result<u8, CliError> {
    let interrupt = Interrupt::listen()?;
    let context = load_for_results(&arguments.sweep, &arguments.folders.runs)?;
    let reports = &arguments.folders.reports;
    let files = arguments.sweep.sweep.as_slice();
    refuse_report_over_inputs(&context.plan.name, reports, files, &context)?;
    let (sweep, plan) = (&context.sweep, &context.plan);
    let store = open_store(&arguments.folders.runs, plan, &context.dataset_cache)?;
    let details = RecordedDetails {
        dataset_cache: &context.dataset_cache,
        store: &store,
        plan,
    };
    let mut seen = None;
    let mut is_complete = false;
    let mut has_report = false;
    while !interrupt.is_requested() {
        let started = Instant::now();
        // Looked at first: a process that ends afterwards has written all of its results.
        let is_idle = active_holder(store.folder()).is_none();
        let files = result_files(&store, plan);
        let looked = started.elapsed();
        if seen.as_ref() != Some(&files) {
            let results = store.read(plan);
            // The files may be of other settings: then they are no results of this plan.
            is_complete = plan.runs().all(|run| results.runs.contains_key(&run));
            let is_done = is_idle && is_complete;
            if !results.runs.is_empty() && !is_done {
                let listing = Listing {
                    reload_seconds: Some(RELOAD_SECONDS),
                    ..arguments.listing()
                };
                write_report(
                    sweep,
                    plan,
                    &results,
                    &context.remarks,
                    &listing,
                    &details,
                    reports,
                )?;
                has_report = true;
                print(&format!(
                    "{} of {} in the report; press Ctrl-C to stop\n",
                    results.runs.len(),
                    with_count(files.len(), "run")
                ))?;
            }
            seen = Some(files);
        }
        if is_idle && is_complete {
            return report(arguments);
        }
        let interval = MIN_POLL_INTERVAL.max(looked * POLL_INTERVAL_PER_LOOK);
        while started.elapsed() < interval && !interrupt.is_requested() {
            std::thread::sleep(SIGNAL_POLL_INTERVAL);
        }
    }
    // The last page does not reload itself.
    if has_report {
        report(arguments)?;
    }
    Ok(0)
}

/// The time and the length of each run's result, `None` if there is none: they change with the result.
fn result_files(store: &Store, plan: &Plan) -> Vec<Option<(Option<SystemTime>, u64)>> {
    let file = |run| {
        let metadata = store.run_folder(plan, run).join(RESULT_FILE).metadata();
        metadata.ok().map(|file| (file.modified().ok(), file.len()))
    };
    plan.runs().map(file).collect()
}
