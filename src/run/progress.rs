//! Receivers of a sweep's progress.

use crate::record::RunResult;
use crate::wording::plural;
use std::io::Write;

/// The runs of a sweep, or of a shard, at its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StartSummary {
    /// All runs.
    pub runs: usize,
    /// Runs that have finished.
    pub finished: usize,
    /// Runs that failed and are not retried.
    pub failed: usize,
    /// Runs that resume from a checkpoint.
    pub resumed: usize,
}

/// Receives the progress of a sweep.
pub trait Progress: Send + Sync {
    /// The sweep starts.
    fn started(&self, summary: &StartSummary);
    /// An epoch of a run has ended; `epochs` is the maximum.
    fn epoch_ended(&self, _name: &str, _epoch: usize, _epochs: usize) {}
    /// The sweep is about to stop. Printed even with `--quiet`, since it answers the user.
    fn stopping(&self, line: &str) {
        // The sweep stops even if standard error is closed.
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    /// The size of cohorts is being measured: for `done` of so many groups of stackable runs.
    fn tuning_cohort_size(&self, done: usize, groups: usize);
    /// A run starts.
    fn run_started(&self, name: &str);
    /// A run has ended.
    fn run_ended(&self, name: &str, result: &RunResult);
    /// A cohort of so many runs failed; its halves are retried.
    fn cohort_split(&self, runs: usize, reason: &str);
    /// A run failed because its device failed or its folder is gone; it is retried.
    fn run_retried(&self, name: &str, reason: &str);
    /// All runs have ended; shapes of trials are being profiled, one after the other: `done` of
    /// `shapes`.
    fn profiling(&self, done: usize, shapes: usize);
    /// The speed and memory of a trial, and of those with the same steps, could not be measured.
    fn profile_failed(&self, trial: &str, reason: &str);
    /// The sweep has ended.
    fn finished(&self);
}

/// Prints nothing, except that the sweep is about to stop.
pub struct NoProgress;

impl Progress for NoProgress {
    fn started(&self, _summary: &StartSummary) {}
    fn tuning_cohort_size(&self, _done: usize, _groups: usize) {}
    fn run_started(&self, _name: &str) {}
    fn run_ended(&self, _name: &str, _result: &RunResult) {}
    fn cohort_split(&self, _runs: usize, _reason: &str) {}
    fn run_retried(&self, _name: &str, _reason: &str) {}
    fn profiling(&self, _done: usize, _shapes: usize) {}
    fn profile_failed(&self, _trial: &str, _reason: &str) {}
    fn finished(&self) {}
}

impl StartSummary {
    /// `8 runs, 3 already finished, 2 failed earlier (--retry-failed retries them)`
    pub(super) fn line(&self) -> String {
        let counted = |count: usize| format!("{count} {}", plural(count, "run"));
        let mut text = counted(self.runs);
        if self.finished > 0 {
            text.push_str(&format!(", {} already finished", self.finished));
        }
        if self.failed > 0 {
            let them = if self.failed == 1 { "it" } else { "them" };
            text.push_str(&format!(
                ", {} failed earlier (--retry-failed retries {them})",
                self.failed
            ));
        }
        if self.resumed > 0 {
            let (resume, checkpoints) = match self.resumed {
                1 => ("resumes", "its checkpoint"),
                _ => ("resume", "their checkpoints"),
            };
            let runs = counted(self.resumed);
            text.push_str(&format!("; {runs} {resume} from {checkpoints}"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_counts_finished_failed_and_resumed_runs() {
        let line = |runs, finished, failed, resumed| {
            let summary = StartSummary {
                runs,
                finished,
                failed,
                resumed,
            };
            summary.line()
        };
        assert_eq!(line(1, 0, 0, 0), "1 run");
        assert_eq!(
            line(8, 3, 2, 1),
            "8 runs, 3 already finished, 2 failed earlier (--retry-failed retries them); 1 run resumes \
             from its checkpoint"
        );
        assert_eq!(
            line(8, 0, 1, 2),
            "8 runs, 1 failed earlier (--retry-failed retries it); 2 runs resume from their \
             checkpoints"
        );
    }
}
