//! Runs a plan: what remains, by whom, and into which records.

use super::interrupt::Interrupt;
use super::queue::{Cohort, Queue};
use super::resume::{place_kind, remove_leftovers_of_ended};
use super::worker_state::{InFlight, WorkerState, lock};
use crate::plan::{Plan, RunId};
use crate::record::{RecordError, Results, RunResult, Store, remove_checkpoint};
use crate::run::executor::device_faults::DeviceFault;
use crate::run::executor::panics::{caught, first_line, is_out_of_memory, message};
use crate::run::executor::tensor_executor::Executor;
use crate::run::observers::cohort_recorder::CohortRecorder;
use crate::run::progress::{Progress, StartSummary};
use crate::spec::Sweep;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

/// All that running a sweep needs.
pub struct Scheduler<'a> {
    /// The sweep.
    pub sweep: &'a Sweep,
    /// Its plan.
    pub plan: &'a Plan,
    /// Where its results go.
    pub store: &'a Store,
    /// The runs to train, where other processes may be at work on the rest, and on these too: then
    /// this one only looks at its own, and leaves what is said of whole trials to who sees them whole.
    pub share: Option<&'a [RunId]>,
    /// Where it is trained: at least one place. All take cohorts from one queue.
    pub places: &'a [DeviceSlot<'a>],
    /// The most runs of a cohort, at least 1; left out, what the first place finds best.
    pub cohort: Option<usize>,
    /// Whether to train runs again that failed for good.
    pub retry_failed: bool,
    /// Whether to stop at the first run that fails.
    pub fail_fast: bool,
    /// Who is told.
    pub progress: &'a dyn Progress,
    /// Whether to stop.
    pub interrupt: &'a Interrupt,
}

/// A device that a sweep is trained on.
pub struct DeviceSlot<'a> {
    /// Who trains.
    pub executor: &'a dyn Executor,
    /// The device's name, such as `cpu`.
    pub device: String,
    /// The numbers that it computes in, such as `float32`.
    pub precision: String,
    /// Cohorts trained beside each other, at least 1.
    pub workers: usize,
    /// The machine, as a text in Markdown.
    pub hardware: String,
}

/// What running a sweep left undone.
#[derive(Debug)]
pub struct SweepOutcome {
    /// The results that there are now, of earlier starts too.
    pub results: Results,
    /// Whether it was asked to stop before the end.
    pub interrupted: bool,
    /// Whether a run has ended in this start, or an epoch was saved.
    pub progressed: bool,
}

/// Those of these runs that have no final result yet, in their order.
///
/// A run that crashed is tried again: the cause may have been the machine. One that diverged is
/// not: it would diverge again.
pub fn remaining(runs: &[RunId], results: &Results) -> Vec<RunId> {
    let is_open = |run: &RunId| {
        let result = results.runs.get(run);
        result.is_none_or(RunResult::should_retry)
    };
    runs.iter().copied().filter(is_open).collect()
}

impl Scheduler<'_> {
    /// Trains every run that has no result yet.
    ///
    /// # Errors
    /// Records that cannot be written: training without them would be in vain, so no new run is
    /// started. What is complete stays.
    pub fn run(&self) -> Result<SweepOutcome, RecordError> {
        let runs = self.runs();
        let mut results = self.store.read_runs(self.plan, &runs);
        if self.retry_failed {
            results.discard_failures();
        }
        let keeping = self.keeping(&results.runs)?;
        let open = remaining(&runs, &results);
        let by_epoch = self.by_epoch(&open);
        self.progress
            .started(&beginning(runs.len(), &results, &by_epoch));
        remove_leftovers_of_ended(self.plan, self.store, &results.runs)?;
        let queue = self.queue(by_epoch);
        let workers = self.workers(open.len());
        let work = WorkerState::new(queue, results.runs, keeping);
        std::thread::scope(|scope| {
            for place in workers {
                let work = &work;
                scope.spawn(move || self.worker(place, work));
            }
        });
        let progressed = work.has_progressed();
        let (ended, error, stopped) = work.done();
        let mut results = Results {
            runs: ended,
            profiles: results.profiles,
        };
        let ended = match error {
            Some(error) => Err(error),
            None => self
                .missing_scores(&results.runs)
                .and_then(|()| match stopped {
                    true => Ok(()),
                    false => self.missing_profiles(&runs, &mut results),
                }),
        };
        // At the latest now, before anything is said of the end.
        self.interrupt.answer(self.progress);
        self.progress.finished();
        let left = !remaining(&runs, &results).is_empty();
        ended.map(|()| SweepOutcome {
            interrupted: self.interrupt.asked() && left,
            results,
            progressed,
        })
    }

    /// The runs to train, in the order of the plan.
    fn runs(&self) -> Cow<'_, [RunId]> {
        match self.share {
            Some(runs) => Cow::Borrowed(runs),
            None => Cow::Owned(self.plan.runs().collect()),
        }
    }

    /// The runs that are open, by the epoch that they go on from; 0 for those that start.
    fn by_epoch(&self, open: &[RunId]) -> BTreeMap<usize, Vec<RunId>> {
        let device = place_kind(&self.places[0].device);
        let mut by_epoch: BTreeMap<usize, Vec<RunId>> = BTreeMap::new();
        for &run in open {
            let epoch = self
                .checkpoint(run, device)
                .map_or(0, |saved| saved.state.epoch);
            by_epoch.entry(epoch).or_default().push(run);
        }
        by_epoch
    }

    /// Cuts the runs that are open into cohorts; those of one cohort go on from the same epoch.
    fn queue(&self, by_epoch: BTreeMap<usize, Vec<RunId>>) -> Queue {
        let pads = self.places.iter().all(|place| place.executor.pads());
        let open: usize = by_epoch.values().map(Vec::len).sum();
        let classes = by_epoch.into_values();
        let classes = classes.flat_map(|runs| self.plan.classes(runs, pads));
        let classes: Vec<Vec<RunId>> = classes.collect();
        let workers: usize = self.places.iter().map(|place| place.workers).sum();
        // A cohort that leaves other workers without any is too large.
        let fair = open.div_ceil(workers.max(1)).max(1);
        let size = |(done, class): (usize, &Vec<RunId>)| {
            let most = match self.cohort {
                Some(most) => most,
                None if class.len() == 1 || self.interrupt.asked() => 1,
                None => {
                    self.progress.sizing(done, classes.len());
                    self.places[0].executor.cohort_size(self.plan, class)
                }
            };
            most.clamp(1, fair)
        };
        let most = classes.iter().enumerate().map(size).collect();
        Queue::new(self.plan, &classes, most)
    }

    /// The place of each worker, the first ones on devices of their own; no more than there are
    /// runs, since a cohort may come back in parts.
    fn workers(&self, runs: usize) -> Vec<&DeviceSlot<'_>> {
        let most = self.places.iter().map(|place| place.workers).max();
        let rounds = 0..most.unwrap_or(0);
        let workers = rounds.flat_map(|round| {
            let places = self.places.iter();
            places.filter(move |place| round < place.workers)
        });
        workers.take(runs.max(1)).collect()
    }

    /// Takes cohorts from the queue until there will be none, or a reason to stop.
    ///
    /// In a rayon pool of one thread of its own, so that matrix products do not fork: one run for
    /// each core is faster than all cores for one run of this size.
    fn worker(&self, place: &DeviceSlot, work: &WorkerState<'_>) {
        let stop = || self.is_stopping(work);
        let take_all = || {
            place.executor.prepare_thread();
            while !stop() {
                let mut queue = lock(&work.queue);
                let Some(cohort) = queue.take() else {
                    if queue.is_done() {
                        break;
                    }
                    // A cohort in flight may come back in halves. Woken in between to see whether
                    // to stop.
                    drop(work.changed.wait_timeout(queue, IDLE));
                    continue;
                };
                drop(queue);
                let _settles = InFlight(work);
                if let Err(error) = self.cohort(place, &cohort, work) {
                    work.fail(error);
                }
            }
        };
        in_one_thread(take_all);
    }

    /// Trains and records one cohort.
    ///
    /// One of several members that panics is put back in halves, without those that have ended:
    /// too many for the memory may be few enough then, and a member that brings others down is
    /// alone in the end. One that is alone gets another chance where the device failed: that may
    /// have been another worker's. So do runs whose folders somebody has removed.
    fn cohort(
        &self,
        place: &DeviceSlot,
        cohort: &Cohort,
        work: &WorkerState<'_>,
    ) -> Result<(), RecordError> {
        let (overtaken, runs) = self.overtaken(&cohort.runs);
        for (run, there) in overtaken {
            self.progress.run_started(&self.run_name(run));
            self.ended(work, run, there)?;
        }
        if runs.is_empty() {
            return Ok(());
        }
        let mut watch = match CohortRecorder::open(self, place, work, &runs) {
            Ok(watch) => watch,
            Err(error) => {
                let again = Cohort {
                    class: cohort.class,
                    runs,
                };
                // Another process may have put the folder of a run in order meanwhile.
                let is_again = is_gone(&error) && lock(&work.queue).try_again(&again);
                return if is_again { Ok(()) } else { Err(error) };
            }
        };
        let executed = caught(|| place.executor.execute(self.plan, &runs, &mut watch));
        let mut left = Cohort {
            class: cohort.class,
            runs: watch.left(),
        };
        if let Some(error) = watch.take_error() {
            if is_gone(&error) {
                // Who has finished a run removes what other attempts at it have written.
                let (overtaken, runs) = self.overtaken(&left.runs);
                for (run, there) in overtaken {
                    self.ended(work, run, there)?;
                }
                left.runs = runs;
                if left.runs.is_empty() {
                    return Ok(());
                }
            }
            if is_gone(&error) && lock(&work.queue).try_again(&left) {
                self.tried_again(&left, &error.to_string());
                return Ok(());
            }
            return Err(error);
        }
        let Err(panic) = executed else {
            // What was left unfinished, as asked for, is saved or to be done again.
            return Ok(());
        };
        let message = message(panic.payload.as_ref());
        // What such a device has computed, and may have saved, is not to be trusted.
        for &run in &left.runs {
            remove_checkpoint(&self.store.run_folder(self.plan, run))?;
        }
        if left.runs.len() > 1 {
            self.progress.halved(left.runs.len(), first_line(&message));
            lock(&work.queue).halve(&left, is_out_of_memory(&message));
            return Ok(());
        }
        let is_device = panic.payload.is::<DeviceFault>();
        if is_device && lock(&work.queue).try_again(&left) {
            self.tried_again(&left, first_line(&message));
            return Ok(());
        }
        watch.fail(&message, panic.place.as_deref());
        watch.take_error().map_or(Ok(()), Err)
    }

    /// The runs that another process has finished meanwhile, and the others.
    fn overtaken(&self, runs: &[RunId]) -> (Vec<(RunId, RunResult)>, Vec<RunId>) {
        // A failed run that is to be tried again has its result.
        let is_shared = self.share.is_some() && !self.retry_failed;
        let (mut overtaken, mut left) = (Vec::new(), Vec::new());
        for &run in runs {
            let there = is_shared.then(|| self.store.result(self.plan, run));
            match there.flatten().filter(|there| !there.should_retry()) {
                Some(there) => overtaken.push((run, there)),
                None => left.push(run),
            }
        }
        (overtaken, left)
    }

    fn tried_again(&self, cohort: &Cohort, reason: &str) {
        for &run in &cohort.runs {
            self.progress.tried_again(&self.run_name(run), reason);
        }
    }

    /// Whether no more is to be trained.
    pub(crate) fn is_stopping(&self, work: &WorkerState) -> bool {
        self.interrupt.asked() || work.is_stopping()
    }

    pub(crate) fn run_name(&self, run: RunId) -> String {
        self.plan.folder(run).display().to_string()
    }
}

/// What is told of a start with these results.
fn beginning(
    runs: usize,
    results: &Results,
    by_epoch: &BTreeMap<usize, Vec<RunId>>,
) -> StartSummary {
    let left: usize = by_epoch.values().map(Vec::len).sum();
    let finished = results.runs.values().filter(|run| run.failure.is_none());
    let finished = finished.count();
    StartSummary {
        runs,
        finished,
        failed: runs - left - finished,
        resumed: by_epoch.range(1..).map(|(_, runs)| runs.len()).sum(),
    }
}

/// Whether an error says that a file or folder has been removed, perhaps by another machine.
fn is_gone(error: &RecordError) -> bool {
    use std::io::ErrorKind::{NotFound, StaleNetworkFileHandle};
    matches!(error.source.kind(), NotFound | StaleNetworkFileHandle)
}

/// How long a worker without work sleeps before it looks around.
const IDLE: Duration = Duration::from_millis(50);

/// Does work in a rayon pool of one thread of its own, so that matrix products do not fork.
pub(crate) fn in_one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool.install(work),
        // Without a pool of its own the work is slower, but the same.
        Err(_) => work(),
    }
}
