//! What the workers of a sweep share.

use super::queue::Queue;
use crate::plan::RunId;
use crate::record::{RecordError, RunResult};
use crate::run::retention::weight_retention::WeightRetention;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A cohort in flight, which is settled when this is dropped, even by a panic: no other worker waits
/// for it in vain.
pub(crate) struct InFlight<'a, 'plan>(pub(crate) &'a WorkerState<'plan>);

impl Drop for InFlight<'_, '_> {
    fn drop(&mut self) {
        lock(&self.0.queue).settled();
        self.0.changed.notify_all();
    }
}

/// What the workers share.
pub(crate) struct WorkerState<'a> {
    pub(crate) queue: Mutex<Queue>,
    /// The queue has changed.
    pub(crate) changed: Condvar,
    pub(crate) ended: Mutex<Ended<'a>>,
    /// The first record that could not be written.
    error: Mutex<Option<RecordError>>,
    /// Whether no new run is to be started: for an error, or since a run has failed where that is
    /// to stop the sweep. Asked in each step, therefore without a lock.
    stopped: AtomicBool,
    /// Whether a run has ended, or an epoch was saved.
    progressed: AtomicBool,
}

impl<'a> WorkerState<'a> {
    pub(crate) fn new(
        queue: Queue,
        results: HashMap<RunId, RunResult>,
        keeping: WeightRetention<'a>,
    ) -> Self {
        Self {
            queue: Mutex::new(queue),
            changed: Condvar::new(),
            ended: Mutex::new(Ended { results, keeping }),
            error: Mutex::new(None),
            stopped: AtomicBool::new(false),
            progressed: AtomicBool::new(false),
        }
    }

    /// A record cannot be written: no new run is started. The first error is the one that is told.
    pub(crate) fn fail(&self, error: RecordError) {
        lock(&self.error).get_or_insert(error);
        self.stop();
    }

    /// No new run is to be started.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether no new run is to be started.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Something is on the disk now that a later start need not do again.
    pub(crate) fn progress(&self) {
        self.progressed.store(true, Ordering::Relaxed);
    }

    /// Whether there was any [`WorkerState::progress`].
    pub(crate) fn has_progressed(&self) -> bool {
        self.progressed.load(Ordering::Relaxed)
    }

    /// What there is at the end: all results, the first error, whether a failure stopped it.
    pub(crate) fn done(self) -> (HashMap<RunId, RunResult>, Option<RecordError>, bool) {
        let results = taken(self.ended).results;
        (results, taken(self.error), self.stopped.into_inner())
    }
}

/// The runs that have ended, and whose weights stay.
pub(crate) struct Ended<'a> {
    pub(crate) results: HashMap<RunId, RunResult>,
    pub(crate) keeping: WeightRetention<'a>,
}

impl Ended<'_> {
    /// Whether the weights of a run that ends with this result may stay.
    pub(crate) fn may_stay(&self, run: RunId, result: &RunResult) -> bool {
        self.keeping.may_stay(run, result, &self.results)
    }

    /// The trial whose weights do not stay, now that a run of this one is among the results.
    pub(crate) fn leaving(&mut self, trial: usize) -> Option<usize> {
        self.keeping.ended(trial, &self.results)
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The data behind a lock is never left half changed, so a panic elsewhere does not matter.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn taken<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
