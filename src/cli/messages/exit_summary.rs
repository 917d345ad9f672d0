//! The message and the exit code at the end of `run`.

use super::output::{print, warn};
use super::text::with_count;
use crate::cli::arguments::RunArguments;
use crate::launch::Slurm;
use crate::plan::{Plan, RunId, Shard};
use crate::run::{EXIT_RUNS_REMAIN, Interrupt, SweepOutcome, remaining};

/// Prints how a shard of these runs ended; returns the exit code.
pub(crate) fn report_shard_end(
    shard: Shard,
    runs: &[RunId],
    outcome: &SweepOutcome,
    interrupt: &Interrupt,
    arguments: &RunArguments,
) -> u8 {
    let failed = failed_runs(outcome);
    if outcome.interrupted {
        let left = remaining(runs, &outcome.results).len();
        warn(&format!(
            "shard {shard} stopped: {left} of {} left; run the same command again to continue",
            with_count(runs.len(), "run")
        ));
        requeue_at_time_limit(outcome, interrupt, arguments);
        return EXIT_RUNS_REMAIN;
    }
    if !arguments.quiet {
        // The results are already written, so a closed output does no harm.
        let _ = print(&format!(
            "shard {shard}: {} of {} finished; run `tp-sweep report` when all shards have finished\n",
            outcome.results.runs.len() - failed,
            with_count(runs.len(), "run"),
        ));
    }
    if failed > 0 {
        warn(&format!(
            "{} of shard {shard} failed; see `tp-sweep status` or the report for the reasons",
            with_count(failed, "run")
        ));
        return 1;
    }
    0
}

/// Prints how a whole sweep ended; returns the exit code.
pub(crate) fn report_sweep_end(
    plan: &Plan,
    outcome: &SweepOutcome,
    interrupt: &Interrupt,
    arguments: &RunArguments,
) -> u8 {
    if outcome.interrupted {
        let left = plan.runs().count() - outcome.results.runs.len();
        warn(&format!(
            "stopped: {} left; run the same command again to continue",
            with_count(left, "run")
        ));
        requeue_at_time_limit(outcome, interrupt, arguments);
        return interrupt.exit_code();
    }
    let failed = failed_runs(outcome);
    if failed > 0 {
        let path = arguments.folders.reports.join(format!("{}.md", plan.name));
        let left = match plan.runs().count() - outcome.results.runs.len() {
            0 => String::new(),
            left => format!(
                "; {} left: run the same command again to continue",
                with_count(left, "run")
            ),
        };
        warn(&format!(
            "{} failed; see {} for the reasons{left}",
            with_count(failed, "run"),
            path.display()
        ));
        return 1;
    }
    0
}

/// The number of failed runs.
fn failed_runs(outcome: &SweepOutcome) -> usize {
    let results = outcome.results.runs.values();
    results.filter(|result| result.failure.is_some()).count()
}

/// Requeues this Slurm task if its time limit is near; Slurm does not requeue by itself. A task that
/// completed no epoch is not requeued, because it would never complete one.
fn requeue_at_time_limit(outcome: &SweepOutcome, interrupt: &Interrupt, arguments: &RunArguments) {
    if arguments.requeue.is_none() || !interrupt.is_time_limit() {
        return;
    }
    let Some(task) = Slurm::current_task() else {
        warn("--requeue slurm: not a Slurm job (SLURM_JOB_ID is not set)");
        return;
    };
    if !outcome.progressed {
        warn("not requeued: no epoch was completed before the time limit; increase the time limit");
        return;
    }
    // Print first, because Slurm ends this process at once.
    warn(&format!(
        "the time limit is near: requeuing {task} with Slurm"
    ));
    if let Err(error) = Slurm::default().requeue(&task) {
        warn(&format!("cannot requeue {task}: {error}"));
    }
}
