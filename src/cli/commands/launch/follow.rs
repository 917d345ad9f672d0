//! What becomes of a sweep that was launched.

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

/// Between two looks at the queue: the first, from which they grow to the longest.
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(15);

/// Looks in a row that may fail: a controller that starts anew is away for a while.
const MAX_FAILURES: u32 = 20;

/// Says how far jobs and results are; the exit code: that of `tp-sweep status`.
///
/// # Errors
/// Nothing that was launched, a Slurm that does not answer, folders that cannot be read.
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

/// Cancels the jobs of a sweep; the exit code.
///
/// # Errors
/// Nothing that was launched, a Slurm that refuses.
pub(crate) fn cancel(arguments: &LaunchedArguments) -> Result<u8, CliError> {
    let SweepContext {
        plan,
        dataset_cache,
        ..
    } = load_for_results(&arguments.sweep, &arguments.runs)?;
    let store = open_store(&arguments.runs, &plan, &dataset_cache)?;
    let launch = LaunchRecord::read_existing(store.folder())?;
    let slurm = Slurm::default();
    // The report first: it would begin when the array has ended.
    for job in launch.jobs().iter().rev() {
        slurm.cancel(job)?;
    }
    let ids: Vec<String> = launch.jobs().into_iter().map(|job| job.id).collect();
    let status =
        SweepStatus::read(&store, &plan, SystemTime::now()).map_err(CliError::BeforeStart)?;
    print(&format!(
        "cancelled: {}\nresults and checkpoints stay; `tp-sweep launch slurm` goes on from them\n{}",
        ids.join(", "),
        format_results(&status)
    ))?;
    Ok(0)
}

/// Waits until the jobs of a launch have ended; the report's exit code.
///
/// # Errors
/// A Slurm that does not answer for long, folders that cannot be read.
pub(crate) fn wait(
    slurm: &Slurm,
    launch: &LaunchRecord,
    store: &Store,
    plan: &Plan,
) -> Result<u8, CliError> {
    warn("waiting; Ctrl-C ends the waiting, not the jobs");
    let (mut pause, mut failures, mut last) = (MIN_PAUSE, 0, String::new());
    loop {
        match slurm.queued(&launch.jobs()) {
            Ok(queued) if queued.is_empty() => break,
            Ok(queued) => {
                failures = 0;
                let done = store.read(plan).runs.len();
                let line = format!(
                    "{done} of {} done; {}",
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
    let report = launch.jobs().pop().filter(|_| launch.report.is_some());
    let report_code = match report {
        // It may have been forgotten by now, or the controller be away.
        Some(report) => slurm.exit_code(&report).ok().flatten(),
        None => None,
    };
    Ok(
        match (
            report_code,
            results_exit_code(status.is_complete(), status.failed_count()),
        ) {
            // A report says only what it has found.
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

/// How many jobs are in each state.
fn by_state(queued: &[QueuedJob]) -> BTreeMap<&str, Vec<&QueuedJob>> {
    let mut states: BTreeMap<&str, Vec<&QueuedJob>> = BTreeMap::new();
    for job in queued {
        states.entry(&job.state).or_default().push(job);
    }
    states
}

fn states(queued: &[QueuedJob]) -> String {
    let states = by_state(queued).into_iter();
    let states = states.map(|(state, jobs)| format!("{} {}", jobs.len(), state.to_lowercase()));
    states.collect::<Vec<_>>().join(", ")
}

fn format_queue(queued: &[QueuedJob]) -> String {
    if queued.is_empty() {
        return "in the queue  none\n".to_owned();
    }
    let mut text = String::new();
    for (state, jobs) in by_state(queued) {
        let first = jobs[0];
        let (count, state) = (jobs.len(), state.to_lowercase());
        let _ = writeln!(
            text,
            "{state:<14}{count}, such as {}: {}",
            first.id, first.reason
        );
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
