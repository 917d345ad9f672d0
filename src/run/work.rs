//! What the workers of a sweep share.

use super::keeping::Keeping;
use super::queue::Queue;
use crate::plan::RunId;
use crate::record::{RecordError, RunResult};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A cohort in flight, which is settled when this is dropped, even by a panic: no other worker waits
/// for it in vain.
pub(super) struct InFlight<'a, 'plan>(pub(super) &'a Work<'plan>);

impl Drop for InFlight<'_, '_> {
    fn drop(&mut self) {
        lock(&self.0.queue).settled();
        self.0.changed.notify_all();
    }
}

/// What the workers share.
pub(super) struct Work<'a> {
    pub(super) queue: Mutex<Queue>,
    /// The queue has changed.
    pub(super) changed: Condvar,
    pub(super) ended: Mutex<Ended<'a>>,
    /// The first record that could not be written.
    error: Mutex<Option<RecordError>>,
    /// Whether no new run is to be started: for an error, or since a run has failed where that is
    /// to stop the sweep. Asked in each step, therefore without a lock.
    stopped: AtomicBool,
    /// Whether a run has ended, or an epoch was saved.
    progressed: AtomicBool,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        queue: Queue,
        results: HashMap<RunId, RunResult>,
        keeping: Keeping<'a>,
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
    pub(super) fn fail(&self, error: RecordError) {
        lock(&self.error).get_or_insert(error);
        self.stop();
    }

    /// No new run is to be started.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether no new run is to be started.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Something is on the disk now that a later start need not do again.
    pub(super) fn progress(&self) {
        self.progressed.store(true, Ordering::Relaxed);
    }

    /// Whether there was any [`Work::progress`].
    pub(super) fn has_progressed(&self) -> bool {
        self.progressed.load(Ordering::Relaxed)
    }

    /// What there is at the end: all results, the first error, whether a failure stopped it.
    pub(super) fn done(self) -> (HashMap<RunId, RunResult>, Option<RecordError>, bool) {
        let results = taken(self.ended).results;
        (results, taken(self.error), self.stopped.into_inner())
    }
}

/// The runs that have ended, and whose weights stay.
pub(super) struct Ended<'a> {
    pub(super) results: HashMap<RunId, RunResult>,
    pub(super) keeping: Keeping<'a>,
}

impl Ended<'_> {
    /// Whether the weights of a run that ends with this result may stay.
    pub(super) fn may_stay(&self, run: RunId, result: &RunResult) -> bool {
        self.keeping.may_stay(run, result, &self.results)
    }

    /// The trial whose weights do not stay, now that a run of this one is among the results.
    pub(super) fn leaving(&mut self, trial: usize) -> Option<usize> {
        self.keeping.ended(trial, &self.results)
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The data behind a lock is never left half changed, so a panic elsewhere does not matter.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn taken<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
