//! How a run of a sweep, or of a shard of it, ended: what is said, and the exit code.

use super::output::{print, warn};
use crate::cli::arguments::RunArguments;
use crate::launch::Slurm;
use crate::plan::{Plan, RunId, Shard, plural};
use crate::run::{EXIT_RUNS_REMAIN, Interrupt, SweepOutcome, remaining};

/// Says how a shard of these runs ended; the exit code.
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
            "shard {shard} stopped: {left} of its {} left; the same command continues where this \
             one stopped",
            plural(runs.len(), "run")
        ));
        requeue_at_time_limit(outcome, interrupt, arguments);
        return EXIT_RUNS_REMAIN;
    }
    if !arguments.quiet {
        // The results are in their files: a closed output takes nothing away.
        let _ = print(&format!(
            "shard {shard}: {} of its {} {} finished; `tp-sweep report` writes the tables when all \
             shards have\n",
            outcome.results.runs.len() - failed,
            runs.len(),
            plural(runs.len(), "run"),
        ));
    }
    if failed > 0 {
        warn(&format!(
            "{failed} {} of shard {shard} failed: `tp-sweep status` and the report tell why",
            plural(failed, "run")
        ));
        return 1;
    }
    0
}

/// Says how a whole sweep ended; the exit code.
pub(crate) fn report_sweep_end(
    plan: &Plan,
    outcome: &SweepOutcome,
    interrupt: &Interrupt,
    arguments: &RunArguments,
) -> u8 {
    if outcome.interrupted {
        let left = plan.runs().count() - outcome.results.runs.len();
        warn(&format!(
            "stopped: {left} {} left; the same command continues where this one stopped",
            plural(left, "run")
        ));
        requeue_at_time_limit(outcome, interrupt, arguments);
        return interrupt.exit_code();
    }
    let failed = failed_runs(outcome);
    if failed > 0 {
        let path = arguments.folders.reports.join(format!("{}.md", plan.name));
        let runs = plural(failed, "run");
        let left = plan.runs().count() - outcome.results.runs.len();
        let left = match left {
            0 => String::new(),
            left => format!(
                "; {left} {} left, which the same command trains",
                plural(left, "run")
            ),
        };
        warn(&format!(
            "{failed} {runs} failed: the reasons are in {}{left}",
            path.display()
        ));
        return 1;
    }
    0
}

/// Runs that failed.
fn failed_runs(outcome: &SweepOutcome) -> usize {
    let results = outcome.results.runs.values();
    results.filter(|result| result.failure.is_some()).count()
}

/// Has Slurm run this task again if its time limit is near: Slurm does not do so by itself. A task
/// that saved nothing would save nothing the next time, and so for ever.
fn requeue_at_time_limit(outcome: &SweepOutcome, interrupt: &Interrupt, arguments: &RunArguments) {
    if arguments.requeue.is_none() || !interrupt.is_time_limit() {
        return;
    }
    let Some(task) = Slurm::current_task() else {
        warn("--requeue slurm: this is no job of Slurm, since SLURM_JOB_ID is not set");
        return;
    };
    if !outcome.progressed {
        warn(
            "not queued again: no epoch was completed before the time limit, and none would be the \
             next time; a higher time limit is needed",
        );
        return;
    }
    // Before it is asked for: Slurm ends this process at once.
    warn(&format!(
        "the time limit is near: Slurm is asked to run {task} again"
    ));
    if let Err(error) = Slurm::default().requeue(&task) {
        warn(&format!("{task} could not be queued again: {error}"));
    }
}
