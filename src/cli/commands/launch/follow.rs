//! `tp-sweep launch status` and `tp-sweep launch cancel`, and waiting for jobs.

use crate::cli::arguments::LaunchedArguments;
use crate::cli::context::{SweepContext, load_for_results, open_store};
use crate::cli::errors::{CliError, results_exit_code};
use crate::cli::messages::{print, warn, with_count};
use crate::launch::{LaunchError, LaunchRecord, QueuedJob, Slurm};
use crate::plan::Plan;
use crate::record::{Store, SweepStatus};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::{Duration, SystemTime};

/// The first pause between two queries of the queue; later pauses grow up to [`MAX_PAUSE`].
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(15);

/// Queries in a row that may fail: a restarting controller is unavailable for a while.
const MAX_FAILURES: u32 = 20;

/// Prints the jobs and results of a sweep; returns the exit code of `tp-sweep status`.
///
/// # Errors
/// The sweep was not launched, Slurm does not answer, or a folder cannot be read.
pub(crate) fn status(arguments: &LaunchedArguments) -> Result<u8, CliError> {
    let SweepContext {
        plan,
        dataset_cache,
        ..
    } = load_for_results(&arguments.sweep, &arguments.runs)?;
    let store = open_store(&arguments.runs, &plan, &dataset_cache)?;
    let launch = LaunchRecord::read_existing(store.folder())?;
    let queued = Slurm::default().queued(&launch.jobs())?;
    let status =
        SweepStatus::read(&store, &plan, SystemTime::now()).map_err(CliError::BeforeStart)?;
    print(&format!(
        "{}\n{}{}",
        format_jobs(&launch),
        format_queue(&queued),
        format_results(&status)
    ))?;
    Ok(results_exit_code(
        status.is_complete(),
        status.failed_count(),
    ))
}

/// Cancels the jobs of a sweep; returns the exit code.
///
/// # Errors
/// The sweep was not launched, or Slurm refuses a request.
pub(crate) fn cancel(arguments: &LaunchedArguments) -> Result<u8, CliError> {
    let SweepContext {
        plan,
        dataset_cache,
        ..
    } = load_for_results(&arguments.sweep, &arguments.runs)?;
    let store = open_store(&arguments.runs, &plan, &dataset_cache)?;
    let launch = LaunchRecord::read_existing(store.folder())?;
    let slurm = Slurm::default();
    // The report job first: it would start when the array ends.
    for job in launch.jobs().iter().rev() {
        slurm.cancel(job)?;
    }
    let ids: Vec<String> = launch.jobs().into_iter().map(|job| job.id).collect();
    let status =
        SweepStatus::read(&store, &plan, SystemTime::now()).map_err(CliError::BeforeStart)?;
    print(&format!(
        "cancelled: {}\nresults and checkpoints are kept; continue with `tp-sweep launch slurm`\n{}",
        ids.join(", "),
        format_results(&status)
    ))?;
    Ok(0)
}

/// Waits until the jobs of a launch have ended; returns the exit code of the report job.
///
/// # Errors
/// Slurm repeatedly does not answer, or a folder cannot be read.
pub(crate) fn wait(
    slurm: &Slurm,
    launch: &LaunchRecord,
    store: &Store,
    plan: &Plan,
) -> Result<u8, CliError> {
    warn("waiting for the jobs; Ctrl-C stops waiting, not the jobs");
    let (mut pause, mut failures, mut last) = (MIN_PAUSE, 0, String::new());
    loop {
        match slurm.queued(&launch.jobs()) {
            Ok(queued) if queued.is_empty() => break,
            Ok(queued) => {
                failures = 0;
                let done = store.read(plan).runs.len();
                let line = format!(
                    "{done} of {} have a result; {}",
                    with_count(plan.runs().count(), "run"),
                    states(&queued)
                );
                if line != last {
                    print(&format!("{line}\n"))?;
                    (last, pause) = (line, MIN_PAUSE);
                }
            }
            Err(error @ LaunchError::NotInstalled { .. }) => return Err(error.into()),
            Err(error) if failures == MAX_FAILURES => return Err(error.into()),
            Err(error) => {
                if failures == 0 {
                    warn(&format!("{error}; still waiting"));
                }
                failures += 1;
            }
        }
        std::thread::sleep(pause);
        pause = (pause * 3 / 2).min(MAX_PAUSE);
    }
    let status =
        SweepStatus::read(store, plan, SystemTime::now()).map_err(CliError::BeforeStart)?;
    print(&format_results(&status))?;
    let report_job = launch.jobs().pop().filter(|_| launch.report.is_some());
    let report_code = match report_job {
        // Slurm may have forgotten the job, or the controller may be unavailable.
        Some(report) => slurm.exit_code(&report).ok().flatten(),
        None => None,
    };
    Ok(
        match (
            report_code,
            results_exit_code(status.is_complete(), status.failed_count()),
        ) {
            // The report job knows only the results that it found.
            (None | Some(0), code) => code,
            (Some(code), _) => code,
        },
    )
}

fn format_jobs(launch: &LaunchRecord) -> String {
    let report = match &launch.report {
        Some(report) => format!(", report {report}"),
        None => String::new(),
    };
    format!(
        "Slurm: array {} of {}{report}",
        launch.array,
        with_count(launch.shards, "shard")
    )
}

/// The jobs in each state.
fn by_state(queued: &[QueuedJob]) -> BTreeMap<&str, Vec<&QueuedJob>> {
    let mut states: BTreeMap<&str, Vec<&QueuedJob>> = BTreeMap::new();
    for job in queued {
        states.entry(&job.state).or_default().push(job);
    }
    states
}

fn states(queued: &[QueuedJob]) -> String {
    by_state(queued)
        .into_iter()
        .map(|(state, jobs)| format!("{} {}", jobs.len(), state.to_lowercase()))
        .collect::<Vec<_>>()
        .join(", ")
}

fn format_queue(queued: &[QueuedJob]) -> String {
    if queued.is_empty() {
        return "queue         empty\n".to_owned();
    }
    let mut text = String::new();
    for (state, jobs) in by_state(queued) {
        let first = jobs[0];
        let (count, state) = (jobs.len(), state.to_lowercase());
        let example = if count == 1 { "" } else { "such as " };
        let reason = first.reason.trim_matches(['(', ')']);
        let _ = writeln!(text, "{state:<14}{count} ({example}{}: {reason})", first.id);
    }
    text
}

fn format_results(status: &SweepStatus) -> String {
    format!(
        "finished      {}\nfailed        {}\nin training   {}\nmissing       {}\n",
        status.finished,
        status.failed_count(),
        status.in_training.len(),
        status.missing
    )
}
