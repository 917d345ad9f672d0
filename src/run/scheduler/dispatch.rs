//! Trains and records the remaining runs of a plan, by worker threads that share a queue of cohorts.

use super::cohorts::{RunsByEpoch, by_epoch, queue_cohorts};
use super::profiling::profile_trials;
use super::queue::{Cohort, Queue};
use crate::plan::RunId;
use crate::record::{RecordError, Results, RunResult, remove_checkpoint};
use crate::run::context::{DeviceSlot, ExecutionContext};
use crate::run::executor::cohort_error::CohortError;
use crate::run::mutex::lock;
use crate::run::progress::StartSummary;
use crate::run::recording::cohort_recorder::CohortRecorder;
use crate::run::recording::ended_run_leftovers::remove_leftovers_of_ended;
use crate::run::recording::finalize::accept_result;
use crate::run::recording::progress_sink::ProgressSink;
use crate::run::recording::save_policy::SavePolicy;
use crate::run::recording::stop_policy::StopPolicy;
use crate::run::recording::trial_scores::write_missing_scores;
use crate::run::retention::prune_weights::{prune_weights, weights_to_keep};
use crate::run::sweep_state::SweepState;
use crate::run::thread_pool::in_single_thread_pool;
use crate::spec::CheckpointInterval;
use crate::train::TrainingHost;
use crate::wording::first_line;
use std::borrow::Cow;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// The state of a sweep after its runs were trained.
#[derive(Debug)]
pub struct SweepOutcome {
    /// All results so far, those of earlier starts too.
    pub results: Results,
    /// Whether it was stopped before the end.
    pub interrupted: bool,
    /// Whether a run has ended in this start, or an epoch was saved.
    pub progressed: bool,
}

/// The runs among `runs` that have no final result, in the same order.
///
/// A run that crashed is retried: the cause may have been the machine. A run that diverged is not:
/// it would diverge again.
pub fn remaining(runs: &[RunId], results: &Results) -> Vec<RunId> {
    let is_open = |run: &RunId| {
        let result = results.runs.get(run);
        result.is_none_or(RunResult::should_retry)
    };
    runs.iter().copied().filter(is_open).collect()
}

/// Trains every run that has no final result, then profiles the trials.
///
/// # Errors
/// Records that cannot be written: no new run is started. Complete results are kept.
pub fn run_sweep(context: &ExecutionContext<'_>) -> Result<SweepOutcome, RecordError> {
    let (sweep, plan, store) = (context.sweep, context.plan, context.store);
    let runs = match context.shard {
        Some(runs) => Cow::Borrowed(runs),
        None => Cow::Owned(plan.runs().collect()),
    };
    let mut results = store.read_runs(plan, &runs);
    if context.retry_failed {
        results.discard_failures();
    }
    let retention = weights_to_keep(sweep, plan, store, &results)?;
    let open = remaining(&runs, &results);
    let runs_by_epoch = by_epoch(context, &open);
    context
        .progress
        .started(&start_summary(runs.len(), &results, &runs_by_epoch));
    remove_leftovers_of_ended(plan, store, &results.runs)?;
    let scheduler = Scheduler {
        context,
        queue: Mutex::new(queue_cohorts(context, runs_by_epoch)),
        queue_changed: Condvar::new(),
        state: SweepState::new(results.runs, retention),
    };
    scheduler.train(open.len());
    let end = scheduler.state.finish();
    let mut results = Results {
        runs: end.results,
        profiles: results.profiles,
    };
    let finished = match end.error {
        Some(error) => Err(error),
        None => complete_records(context, &runs, &mut results, end.stopped),
    };
    // At the latest now, before the summary of the sweep is printed.
    context.interrupt.acknowledge(context.progress);
    context.progress.finished();
    let is_incomplete = !remaining(&runs, &results).is_empty();
    finished.map(|()| SweepOutcome {
        interrupted: context.interrupt.is_requested() && is_incomplete,
        results,
        progressed: end.progressed,
    })
}

/// Writes scores that an earlier start did not write, and the missing profiles unless the training
/// was stopped. Profiles may decide which trial is chosen, and so whose weights are kept.
fn complete_records(
    context: &ExecutionContext,
    runs: &[RunId],
    results: &mut Results,
    is_stopped: bool,
) -> Result<(), RecordError> {
    if context.shard.is_none() {
        write_missing_scores(context.sweep, context.plan, context.store, &results.runs)?;
    }
    if is_stopped {
        return Ok(());
    }
    profile_trials(context, runs, results)?;
    if context.sweep.options.report.chooses_first_ranked() {
        return Ok(());
    }
    prune_weights(context.sweep, context.plan, context.store, results)
}

/// The workers' shared queue and state.
struct Scheduler<'a> {
    context: &'a ExecutionContext<'a>,
    queue: Mutex<Queue>,
    /// Signals that a cohort has been settled.
    queue_changed: Condvar,
    state: SweepState<'a>,
}

/// A cohort in flight. Dropping it settles the cohort, even after a panic, so that no other worker
/// waits for it without end.
struct CohortInFlight<'s, 'a>(&'s Scheduler<'a>);

impl Drop for CohortInFlight<'_, '_> {
    fn drop(&mut self) {
        lock(&self.0.queue).settled();
        self.0.queue_changed.notify_all();
    }
}

impl Scheduler<'_> {
    /// Trains all cohorts of the queue, which hold so many runs.
    fn train(&self, runs: usize) {
        std::thread::scope(|scope| {
            for slot in self.worker_slots(runs) {
                scope.spawn(move || self.run_worker(slot));
            }
        });
    }

    /// The device of each worker, the first workers on different devices. At most one worker per run,
    /// not per cohort, because cohorts may be split.
    fn worker_slots(&self, runs: usize) -> Vec<&DeviceSlot<'_>> {
        let devices = self.context.devices;
        let max_workers = devices.iter().map(|slot| slot.workers).max();
        let rounds = 0..max_workers.unwrap_or(0);
        let slots =
            rounds.flat_map(|round| devices.iter().filter(move |slot| round < slot.workers));
        slots.take(runs.max(1)).collect()
    }

    /// Trains cohorts until the queue stays empty or the sweep is to stop.
    ///
    /// In a pool of one thread: one run per core is faster than all cores for one run of this size.
    fn run_worker(&self, slot: &DeviceSlot) {
        in_single_thread_pool(|| {
            slot.executor.prepare_thread();
            while !self.state.should_stop(self.context.interrupt) {
                let mut queue = lock(&self.queue);
                let Some(cohort) = queue.take() else {
                    if queue.is_done() {
                        break;
                    }
                    // The halves of a cohort in flight may still come. The timeout lets the worker
                    // notice a stop.
                    drop(self.queue_changed.wait_timeout(queue, STOP_POLL_INTERVAL));
                    continue;
                };
                drop(queue);
                let _in_flight = CohortInFlight(self);
                if let Err(error) = self.train_cohort(slot, &cohort) {
                    self.state.fail(error);
                }
            }
        });
    }

    /// Trains and records one cohort.
    ///
    /// If a cohort of several runs fails, those that have not ended go back into the queue in
    /// halves: half of them may fit into the memory, and a run that makes others fail ends up alone.
    /// A run that fails alone is retried once if its device failed, since another worker may have
    /// caused that, or if its folder was removed.
    fn train_cohort(&self, slot: &DeviceSlot, cohort: &Cohort) -> Result<(), RecordError> {
        let context = self.context;
        let (completed, runs) = self.split_off_completed(&cohort.runs);
        for (run, result) in completed {
            context.progress.run_started(&context.run_name(run));
            accept_result(context, &self.state, run, result)?;
        }
        if runs.is_empty() {
            return Ok(());
        }
        let mut recorder = match CohortRecorder::open(context, slot, &self.state, &runs) {
            Ok(recorder) => recorder,
            Err(error) => {
                let unopened = Cohort {
                    group: cohort.group,
                    runs,
                };
                // Another process may have moved the folder of a run meanwhile.
                let is_retried = is_gone(&error) && lock(&self.queue).retry(&unopened);
                return if is_retried { Ok(()) } else { Err(error) };
            }
        };
        let executed = self.execute(slot, &runs, &mut recorder);
        let left = Cohort {
            group: cohort.group,
            runs: recorder.left(),
        };
        if let Some(error) = recorder.take_error() {
            return self.recover_from(error, left);
        }
        let error = match executed {
            // Runs that were interrupted are saved, or start anew.
            Ok(()) | Err(CohortError::Interrupted) => return Ok(()),
            Err(error) => error,
        };
        let message = error.to_string();
        // A checkpoint may have been saved after the device failed.
        for &run in &left.runs {
            remove_checkpoint(&context.store.run_folder(context.plan, run))?;
        }
        if left.runs.len() > 1 {
            context
                .progress
                .cohort_split(left.runs.len(), first_line(&message));
            let is_out_of_memory = matches!(error, CohortError::OutOfMemory(_));
            lock(&self.queue).halve(&left, is_out_of_memory);
            return Ok(());
        }
        if error.is_of_device() && lock(&self.queue).retry(&left) {
            self.report_retry(&left, first_line(&message));
            return Ok(());
        }
        recorder.fail(&message, error.location());
        recorder.take_error().map_or(Ok(()), Err)
    }

    /// Trains a cohort: its events go to the progress and to its records.
    fn execute(
        &self,
        slot: &DeviceSlot,
        runs: &[RunId],
        recorder: &mut CohortRecorder,
    ) -> Result<(), CohortError> {
        let context = self.context;
        let interval = context.sweep.options.checkpoint;
        let saves_checkpoints = interval != CheckpointInterval::None;
        let stop = StopPolicy::new(context.interrupt, &self.state, saves_checkpoints);
        let states = recorder.take_states();
        let mut checkpoints = SavePolicy::new(interval, context.interrupt, &self.state, states);
        let mut progress = ProgressSink::new(context, runs);
        let started = Instant::now();
        let mut host = TrainingHost {
            clock: &started,
            stop: Some(&stop),
            checkpoints: Some(&mut checkpoints),
            sinks: vec![&mut progress, recorder],
        };
        slot.executor.execute(context.plan, runs, &mut host)
    }

    /// Retries the runs of a cohort whose folders were removed, once; any other error is returned.
    fn recover_from(&self, error: RecordError, mut left: Cohort) -> Result<(), RecordError> {
        if !is_gone(&error) {
            return Err(error);
        }
        // The process that finishes a run removes what other attempts at it have written.
        let (completed, runs) = self.split_off_completed(&left.runs);
        for (run, result) in completed {
            accept_result(self.context, &self.state, run, result)?;
        }
        left.runs = runs;
        if left.runs.is_empty() {
            return Ok(());
        }
        if lock(&self.queue).retry(&left) {
            self.report_retry(&left, &error.to_string());
            return Ok(());
        }
        Err(error)
    }

    /// The runs that another process has completed meanwhile, with their results, and the rest.
    fn split_off_completed(&self, runs: &[RunId]) -> (Vec<(RunId, RunResult)>, Vec<RunId>) {
        let context = self.context;
        // A failed run that is to be retried has a result.
        let is_shared = context.shard.is_some() && !context.retry_failed;
        let (mut completed, mut left) = (Vec::new(), Vec::new());
        for &run in runs {
            let stored = is_shared.then(|| context.store.result(context.plan, run));
            match stored.flatten().filter(|result| !result.should_retry()) {
                Some(result) => completed.push((run, result)),
                None => left.push(run),
            }
        }
        (completed, left)
    }

    fn report_retry(&self, cohort: &Cohort, reason: &str) {
        for &run in &cohort.runs {
            let name = self.context.run_name(run);
            self.context.progress.run_retried(&name, reason);
        }
    }
}

/// The state of the runs at the start of a sweep.
fn start_summary(runs: usize, results: &Results, runs_by_epoch: &RunsByEpoch) -> StartSummary {
    let open: usize = runs_by_epoch.values().map(Vec::len).sum();
    let succeeded = |result: &&RunResult| result.failure.is_none();
    let finished = results.runs.values().filter(succeeded).count();
    StartSummary {
        runs,
        finished,
        failed: runs - open - finished,
        resumed: runs_by_epoch.range(1..).map(|(_, runs)| runs.len()).sum(),
    }
}

/// Whether an error is due to a removed file or folder, perhaps removed by another machine.
fn is_gone(error: &RecordError) -> bool {
    use std::io::ErrorKind::{NotFound, StaleNetworkFileHandle};
    matches!(error.source.kind(), NotFound | StaleNetworkFileHandle)
}

/// How long an idle worker sleeps before it checks whether to stop.
const STOP_POLL_INTERVAL: Duration = Duration::from_millis(50);
