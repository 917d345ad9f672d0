//! What the workers of a sweep share: results, weights to keep, reasons to stop.

use super::interrupt::Interrupt;
use super::mutex::{into_inner, lock};
use super::retention::weight_retention::WeightRetention;
use crate::plan::RunId;
use crate::record::{RecordError, RunResult};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

/// The state of a sweep in training.
pub(crate) struct SweepState<'a> {
    ended: Mutex<EndedRuns<'a>>,
    /// The first record that could not be written.
    error: Mutex<Option<RecordError>>,
    /// Whether no new run may start: after an error, or after a failed run with `--fail-fast`. Read
    /// in each step, therefore without a lock.
    stopped: AtomicBool,
    /// Whether a run has ended, or an epoch was saved.
    progressed: AtomicBool,
}

/// The results of a sweep, when its training has ended.
pub(crate) struct FinalState {
    /// All results, those of earlier starts too.
    pub(crate) results: HashMap<RunId, RunResult>,
    /// The first record that could not be written.
    pub(crate) error: Option<RecordError>,
    /// Whether an error or a failed run stopped the training.
    pub(crate) stopped: bool,
    /// Whether a run has ended, or an epoch was saved.
    pub(crate) progressed: bool,
}

impl<'a> SweepState<'a> {
    pub(crate) fn new(results: HashMap<RunId, RunResult>, retention: WeightRetention<'a>) -> Self {
        Self {
            ended: Mutex::new(EndedRuns { results, retention }),
            error: Mutex::new(None),
            stopped: AtomicBool::new(false),
            progressed: AtomicBool::new(false),
        }
    }

    /// The runs that have ended.
    pub(crate) fn ended_runs(&self) -> MutexGuard<'_, EndedRuns<'a>> {
        lock(&self.ended)
    }

    /// Stops the sweep because a record cannot be written. Only the first error is reported.
    pub(crate) fn fail(&self, error: RecordError) {
        lock(&self.error).get_or_insert(error);
        self.stop();
    }

    /// Prevents new runs from starting.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether no new run may start.
    pub(crate) fn should_stop(&self, interrupt: &Interrupt) -> bool {
        interrupt.is_requested() || self.stopped.load(Ordering::Relaxed)
    }

    /// Notes that the disk has something that a later start need not repeat.
    pub(crate) fn mark_progress(&self) {
        self.progressed.store(true, Ordering::Relaxed);
    }

    /// The state at the end of the training.
    pub(crate) fn finish(self) -> FinalState {
        FinalState {
            results: into_inner(self.ended).results,
            error: into_inner(self.error),
            stopped: self.stopped.into_inner(),
            progressed: self.progressed.into_inner(),
        }
    }
}

/// The runs that have ended, and which of their weights are kept.
pub(crate) struct EndedRuns<'a> {
    pub(crate) results: HashMap<RunId, RunResult>,
    retention: WeightRetention<'a>,
}

impl EndedRuns<'_> {
    /// Whether to keep the weights of a run that ends with this result, as far as known.
    pub(crate) fn keeps_weights(&self, run: RunId, result: &RunResult) -> bool {
        self.retention.keeps_run(run, result, &self.results)
    }

    /// The trials that lose their weights now that a run of `trial` is among the results.
    pub(crate) fn trials_to_prune(&mut self, trial: usize) -> Vec<usize> {
        self.retention.trials_to_prune(trial, &self.results)
    }
}
