//! Runs a plan: what remains, by whom, and into which records.

use super::crash::{first_line, is_out_of_memory, message};
use super::executor::Executor;
use super::faults::DeviceFault;
use super::interrupt::Interrupt;
use super::keeping::Keeping;
use super::progress::Progress;
use super::queue::{Cohort, Queue};
use super::watch::{Watch, wall_time};
use crate::event::{EpochMetrics, Failure, Finished, Outcome};
use crate::plan::{Plan, RunId};
use crate::record::{
    RecordError, Recorder, Results, RunClasses, RunResult, Scores, Store, has_scores, remove_best,
    remove_scores, remove_weights, write_scores, write_weights,
};
use crate::spec::{Keep, Sweep};
use crate::trained::Weights;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// All that running a sweep needs.
pub struct Schedule<'a> {
    /// The sweep.
    pub sweep: &'a Sweep,
    /// Its plan.
    pub plan: &'a Plan,
    /// Where its results go.
    pub store: &'a Store,
    /// Where it is trained: at least one place. All take cohorts from one queue.
    pub places: &'a [Place<'a>],
    /// The most runs of a cohort, at least 1; left out, what the first place finds best.
    pub cohort: Option<usize>,
    /// Who is told.
    pub progress: &'a dyn Progress,
    /// Whether to stop.
    pub interrupt: &'a Interrupt,
}

/// A device that a sweep is trained on.
pub struct Place<'a> {
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
pub struct Ran {
    /// The results that there are now, of earlier starts too.
    pub results: Results,
    /// Whether it was asked to stop before the end.
    pub interrupted: bool,
}

/// The runs that have no final result yet, in the order of the plan.
///
/// A run that crashed is tried again: the cause may have been the machine. One that diverged is
/// not: it would diverge again.
pub fn remaining(plan: &Plan, results: &Results) -> Vec<RunId> {
    let is_open = |run: &RunId| {
        let result = results.runs.get(run);
        result.is_none_or(RunResult::is_to_be_retried)
    };
    plan.runs().filter(is_open).collect()
}

impl Schedule<'_> {
    /// Trains every run that has no result yet.
    ///
    /// # Errors
    /// Records that cannot be written: training without them would be in vain, so no new run is
    /// started. What is complete stays.
    pub fn run(&self) -> Result<Ran, RecordError> {
        let results = self.store.read(self.plan);
        let keeping = self.keeping(&results.runs)?;
        let open = remaining(self.plan, &results);
        let runs = self.plan.runs().count();
        self.progress.started(runs, runs - open.len());
        let queue = self.queue(&open);
        let workers = self.workers(open.len());
        let work = Work {
            queue: Mutex::new(queue),
            changed: Condvar::new(),
            ended: Mutex::new(Ended {
                results: results.runs,
                keeping,
            }),
            error: Mutex::new(None),
        };
        std::thread::scope(|scope| {
            for place in workers {
                let work = &work;
                scope.spawn(move || self.worker(place, work));
            }
        });
        let mut results = Results {
            runs: taken(work.ended).results,
            profiles: results.profiles,
        };
        let ended = match taken(work.error) {
            Some(error) => Err(error),
            None => self
                .missing_scores(&results.runs)
                .and_then(|()| self.missing_profiles(&mut results)),
        };
        self.progress.finished();
        let left = !remaining(self.plan, &results).is_empty();
        ended.map(|()| Ran {
            interrupted: self.interrupt.asked() && left,
            results,
        })
    }

    /// Cuts the runs that are open into cohorts.
    fn queue(&self, open: &[RunId]) -> Queue {
        let pads = self.places.iter().all(|place| place.executor.pads());
        let classes = self.plan.classes(open.iter().copied(), pads);
        let workers: usize = self.places.iter().map(|place| place.workers).sum();
        // A cohort that leaves other workers without any is too large.
        let fair = open.len().div_ceil(workers.max(1)).max(1);
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
    fn workers(&self, runs: usize) -> Vec<&Place<'_>> {
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
    fn worker(&self, place: &Place, work: &Work<'_>) {
        let stop = || self.interrupt.asked() || lock(&work.error).is_some();
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
                    lock(&work.error).get_or_insert(error);
                }
            }
        };
        in_one_thread(take_all);
    }

    /// Trains and records one cohort.
    ///
    /// One of several members that panics is put back in halves: too many for the memory may be
    /// few enough then, and a member that brings others down is alone in the end. One that is
    /// alone gets another chance where the device failed: that may have been another worker's.
    fn cohort(&self, place: &Place, cohort: &Cohort, work: &Work<'_>) -> Result<(), RecordError> {
        let mut watch = self.watch(place, &cohort.runs)?;
        let executed = catch_unwind(AssertUnwindSafe(|| {
            place.executor.execute(self.plan, &cohort.runs, &mut watch)
        }));
        if let Some(error) = watch.error {
            return Err(error);
        }
        let members = cohort.runs.len();
        let outcomes = match executed {
            Ok(Ok(outcomes)) => outcomes,
            Ok(Err(_interrupted)) => return Ok(()),
            Err(panic) => {
                let message = message(panic.as_ref());
                if members > 1 {
                    self.progress.halved(members, first_line(&message));
                    lock(&work.queue).halve(cohort, is_out_of_memory(&message));
                    return Ok(());
                }
                if panic.is::<DeviceFault>() && lock(&work.queue).try_again(cohort) {
                    let name = self.run_name(cohort.runs[0]);
                    self.progress.tried_again(&name, first_line(&message));
                    return Ok(());
                }
                vec![Outcome::Failed(Failure::Crashed { message })]
            }
        };
        let seconds = watch.started.elapsed().as_secs_f64() / members as f64;
        let ends = cohort.runs.iter().zip(outcomes);
        let records = watch.recorders.into_iter().zip(watch.epochs);
        for (((&run, outcome), (recorder, epochs)), weights) in ends.zip(records).zip(watch.weights)
        {
            if let Outcome::Finished(finished) = &outcome {
                self.write_classes(run, finished)?;
            }
            let result = RunResult {
                seconds,
                cohort: members,
                ..self.result(place, run, outcome, epochs)
            };
            if let Some(weights) = weights
                && lock(&work.ended).may_stay(run, &result)
            {
                self.write_weights(run, &weights)?;
            }
            recorder.finish(&result, wall_time())?;
            self.progress.run_ended(&self.run_name(run), &result);
            // Under one lock: of two runs that end at once, only the later sees the trial whole.
            let (scores, left) = {
                let mut ended = lock(&work.ended);
                ended.results.insert(run, result);
                let scores = complete_scores(self.plan, run.trial, &ended.results);
                (scores, ended.leaving(run.trial))
            };
            if let Some(scores) = scores {
                self.write_scores(run.trial, &scores)?;
            }
            if let Some(trial) = left {
                self.remove_weights(trial)?;
            }
        }
        Ok(())
    }

    /// Starts the records of a cohort, anew where it was tried before.
    fn watch(&self, place: &Place, runs: &[RunId]) -> Result<Watch<'_>, RecordError> {
        let started = Instant::now();
        let mut recorders = Vec::new();
        for &run in runs {
            // What is told of the trial is no longer told of its runs.
            let trial_folder = self.store.trial_folder(self.plan, run.trial);
            remove_scores(&trial_folder)?;
            remove_best(&trial_folder)?;
            let folder = self.store.run_folder(self.plan, run);
            let header = self.header(place, run);
            recorders.push(Recorder::start(&folder, &header, wall_time())?);
            self.progress.run_started(&self.run_name(run));
        }
        Ok(Watch {
            started,
            interrupt: self.interrupt,
            epochs: vec![Vec::new(); runs.len()],
            histograms: self.sweep.tensorboard.histograms,
            recorders,
            keeps_weights: self.sweep.keep != Keep::None,
            weights: vec![None; runs.len()],
            error: None,
        })
    }

    /// Writes how each class fares in a run.
    fn write_classes(&self, run: RunId, finished: &Finished) -> Result<(), RecordError> {
        let validation = finished.validation.as_ref();
        let classes = RunClasses {
            validation: validation.map(|(_, scores)| scores.clone()),
            test: finished.test.1.clone(),
        };
        classes.write(&self.store.run_folder(self.plan, run))
    }

    /// Writes the weights of a run's final network.
    fn write_weights(&self, run: RunId, weights: &Weights) -> Result<(), RecordError> {
        let config = &self.plan.trials[run.trial].config;
        write_weights(&self.store.run_folder(self.plan, run), config, weights)
    }

    /// Removes the weights of all runs of a trial.
    fn remove_weights(&self, trial: usize) -> Result<(), RecordError> {
        let mut runs = self.plan.runs_of(trial);
        runs.try_for_each(|run| remove_weights(&self.store.run_folder(self.plan, run)))
    }

    /// Which weights stay, given the results that there are; removes those that do not.
    fn keeping(&self, results: &HashMap<RunId, RunResult>) -> Result<Keeping<'_>, RecordError> {
        let mut keeping = Keeping::new(self.sweep, self.plan);
        for trial in 0..self.plan.trials.len() {
            if let Some(trial) = keeping.ended(trial, results) {
                self.remove_weights(trial)?;
            }
        }
        Ok(keeping)
    }

    /// The result of a run that was trained alone.
    fn result(
        &self,
        place: &Place,
        run: RunId,
        outcome: Outcome,
        epochs: Vec<EpochMetrics>,
    ) -> RunResult {
        let trial = &self.plan.trials[run.trial];
        let (finished, failure) = match outcome {
            Outcome::Finished(finished) => (Some(finished), None),
            Outcome::Failed(failure) => (None, Some(failure)),
        };
        let seconds: f64 = epochs.iter().map(|epoch| epoch.seconds).sum();
        RunResult {
            identity: self.store.identity(run).clone(),
            trial: trial.name.clone(),
            repeat: run.repeat,
            fold: run.fold,
            failure,
            final_epoch: finished.as_ref().map(|finished| finished.epoch),
            validation: finished
                .as_ref()
                .and_then(|finished| Some(finished.validation.as_ref()?.0)),
            test: finished.as_ref().map(|finished| finished.test.0),
            seconds_per_epoch: (!epochs.is_empty()).then(|| seconds / epochs.len() as f64),
            epochs,
            seconds,
            parameters: trial.config.parameters(),
            device: place.device.clone(),
            workers: place.workers,
            cohort: 1,
            precision: place.precision.clone(),
            config: trial.config.show(),
        }
    }

    fn run_name(&self, run: RunId) -> String {
        self.plan.folder(run).display().to_string()
    }

    /// Writes scores that an earlier start had no time for.
    fn missing_scores(&self, results: &HashMap<RunId, RunResult>) -> Result<(), RecordError> {
        for trial in 0..self.plan.trials.len() {
            let folder = self.store.trial_folder(self.plan, trial);
            if !has_scores(&folder)
                && let Some(scores) = complete_scores(self.plan, trial, results)
            {
                self.write_scores(trial, &scores)?;
            }
        }
        Ok(())
    }

    fn write_scores(&self, trial: usize, scores: &Scores) -> Result<(), RecordError> {
        let folder = self.store.trial_folder(self.plan, trial);
        let (group, hparams) = (self.group(trial), self.hparams(trial));
        write_scores(&folder, &group, &hparams, scores, wall_time())
    }
}

/// How long a worker without work sleeps before it looks around.
const IDLE: Duration = Duration::from_millis(50);

/// A cohort in flight, which is settled when this is dropped, even by a panic: no other worker waits
/// for it in vain.
struct InFlight<'a, 'plan>(&'a Work<'plan>);

impl Drop for InFlight<'_, '_> {
    fn drop(&mut self) {
        lock(&self.0.queue).settled();
        self.0.changed.notify_all();
    }
}

/// What the workers share.
struct Work<'a> {
    queue: Mutex<Queue>,
    /// The queue has changed.
    changed: Condvar,
    ended: Mutex<Ended<'a>>,
    /// The first record that could not be written.
    error: Mutex<Option<RecordError>>,
}

/// The runs that have ended, and whose weights stay.
struct Ended<'a> {
    results: HashMap<RunId, RunResult>,
    keeping: Keeping<'a>,
}

impl Ended<'_> {
    /// Whether the weights of a run that ends with this result may stay.
    fn may_stay(&self, run: RunId, result: &RunResult) -> bool {
        self.keeping.may_stay(run, result, &self.results)
    }

    /// The trial whose weights do not stay, now that a run of this one is among the results.
    fn leaving(&mut self, trial: usize) -> Option<usize> {
        self.keeping.ended(trial, &self.results)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The data behind a lock is never left half changed, so a panic elsewhere does not matter.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The scores of a trial all of whose runs, two or more, ended with validation metrics.
fn complete_scores(
    plan: &Plan,
    trial: usize,
    results: &HashMap<RunId, RunResult>,
) -> Option<Scores> {
    let runs: Vec<RunId> = plan.runs_of(trial).collect();
    let validation = |run: &RunId| {
        let result = results.get(run).filter(|r| r.failure.is_none())?;
        result.validation
    };
    let scores: Vec<_> = runs.iter().map(validation).collect::<Option<_>>()?;
    (runs.len() > 1).then(|| Scores {
        val_accuracy: scores.iter().map(|score| score.accuracy).collect(),
        val_loss: scores.iter().map(|score| score.loss).collect(),
    })
}

/// Does work in a rayon pool of one thread of its own, so that matrix products do not fork.
pub(super) fn in_one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool.install(work),
        // Without a pool of its own the work is slower, but the same.
        Err(_) => work(),
    }
}

fn taken<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
