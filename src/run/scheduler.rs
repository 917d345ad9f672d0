//! Runs a plan: what remains, by whom, and into which records.

use super::executor::{Executed, Executor};
use super::interrupt::Interrupt;
use super::progress::Progress;
use crate::event::{EpochMetrics, Failure, Outcome};
use crate::plan::{Plan, RunId};
use crate::record::{
    HParam, RecordError, Recorder, Results, RunHeader, RunResult, Scores, Store, has_scores,
    remove_scores, write_scores,
};
use crate::spec::Sweep;
use crate::train::Observer;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// All that running a sweep needs.
pub struct Schedule<'a> {
    /// The sweep.
    pub sweep: &'a Sweep,
    /// Its plan.
    pub plan: &'a Plan,
    /// Where its results go.
    pub store: &'a Store,
    /// Who trains.
    pub executor: &'a dyn Executor,
    /// Who is told.
    pub progress: &'a dyn Progress,
    /// Whether to stop.
    pub interrupt: &'a Interrupt,
    /// Runs trained beside each other, at least 1.
    pub workers: usize,
    /// Where it is trained, such as `cpu`.
    pub device: String,
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

/// The runs of each cohort that have no final result yet; cohorts that have all are left out.
///
/// A run that crashed is tried again: the cause may have been the machine. One that diverged is
/// not: it would diverge again.
pub fn remaining(plan: &Plan, results: &Results) -> VecDeque<Vec<RunId>> {
    plan.cohorts()
        .map(|cohort| {
            let is_open = |run: &RunId| results.get(run).is_none_or(RunResult::is_to_be_retried);
            cohort.into_iter().filter(is_open).collect::<Vec<_>>()
        })
        .filter(|cohort| !cohort.is_empty())
        .collect()
}

impl Schedule<'_> {
    /// Trains every run that has no result yet.
    ///
    /// # Errors
    /// Records that cannot be written: training without them would be in vain, so no new run is
    /// started. What is complete stays.
    pub fn run(&self) -> Result<Ran, RecordError> {
        let results = self.store.read(self.plan);
        let queue = remaining(self.plan, &results);
        let open: usize = queue.iter().map(Vec::len).sum();
        let runs = self.plan.runs().count();
        self.progress.started(runs, runs - open);
        let threads = self.workers.min(queue.len()).max(1);
        let work = Work {
            queue: Mutex::new(queue),
            results: Mutex::new(results),
            error: Mutex::new(None),
        };
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| self.worker(&work));
            }
        });
        let results = work
            .results
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let scores = self.missing_scores(&results);
        self.progress.finished();
        match work
            .error
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
        {
            Some(error) => Err(error),
            None => scores.map(|()| Ran {
                interrupted: self.interrupt.asked() && !remaining(self.plan, &results).is_empty(),
                results,
            }),
        }
    }

    /// Takes cohorts from the queue until there is none, or a reason to stop.
    ///
    /// In a rayon pool of one thread of its own, so that matrix products do not fork: one run for
    /// each core is faster than all cores for one run of this size.
    fn worker(&self, work: &Work) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let stop = || self.interrupt.asked() || lock(&work.error).is_some();
        let take_all = || {
            self.executor.prepare_thread();
            while !stop() {
                let Some(cohort) = lock(&work.queue).pop_front() else {
                    break;
                };
                if let Err(error) = self.cohort(&cohort, work) {
                    lock(&work.error).get_or_insert(error);
                }
            }
        };
        match pool {
            Ok(pool) => pool.install(take_all),
            // Without a pool of its own the work is slower, but the same.
            Err(_) => take_all(),
        }
    }

    /// Trains and records one cohort.
    fn cohort(&self, cohort: &[RunId], work: &Work) -> Result<(), RecordError> {
        let started = Instant::now();
        let mut recorders = Vec::new();
        for &run in cohort {
            // The trial's scores are no longer those of its runs.
            remove_scores(&self.store.trial_folder(self.plan, run.trial))?;
            let folder = self.store.run_folder(self.plan, run);
            recorders.push(Recorder::start(&folder, &self.header(run), wall_time())?);
            self.progress.run_started(&self.run_name(run));
        }
        let mut watch = Watch {
            started,
            interrupt: self.interrupt,
            epochs: vec![Vec::new(); cohort.len()],
            recorders,
            error: None,
        };
        let executed = catch_unwind(AssertUnwindSafe(|| {
            self.executor.execute(self.plan, cohort, &mut watch)
        }));
        if let Some(error) = watch.error {
            return Err(error);
        }
        let executed = match executed {
            Ok(Ok(executed)) => executed,
            Ok(Err(_interrupted)) => return Ok(()),
            Err(panic) => crashed(panic.as_ref(), cohort.len()),
        };
        let seconds = started.elapsed().as_secs_f64();
        let ends = cohort.iter().zip(executed.outcomes);
        for ((&run, outcome), (recorder, epochs)) in
            ends.zip(watch.recorders.into_iter().zip(watch.epochs))
        {
            let result = RunResult {
                seconds,
                peak_bytes: executed.peak_bytes,
                ..self.result(run, outcome, &epochs)
            };
            recorder.finish(&result, wall_time())?;
            self.progress.run_ended(&self.run_name(run), &result);
            lock(&work.results).insert(run, result);
            self.trial_scores(run.trial, work)?;
        }
        Ok(())
    }

    fn result(&self, run: RunId, outcome: Outcome, epochs: &[EpochMetrics]) -> RunResult {
        let trial = &self.plan.trials[run.trial];
        let (test, failure) = match outcome {
            Outcome::Finished(test) => (Some(test), None),
            Outcome::Failed(failure) => (None, Some(failure)),
        };
        let seconds: f64 = epochs.iter().map(|epoch| epoch.seconds).sum();
        RunResult {
            identity: self.store.identity(run).clone(),
            trial: trial.name.clone(),
            repeat: run.repeat,
            fold: run.fold,
            failure,
            last_epoch: epochs.last().cloned(),
            test,
            seconds_per_epoch: (!epochs.is_empty()).then(|| seconds / epochs.len() as f64),
            seconds,
            peak_bytes: None,
            parameters: trial.config.parameters(),
            device: self.device.clone(),
            workers: self.workers,
            config: trial.config.show(),
        }
    }

    fn run_name(&self, run: RunId) -> String {
        self.plan.folder(run).display().to_string()
    }

    fn header(&self, run: RunId) -> RunHeader {
        let trial = &self.plan.trials[run.trial];
        RunHeader {
            group: self.group(run.trial),
            hparams: self.hparams(run.trial),
            configuration: configuration_text(&trial.config.show()),
            hardware: self.hardware.clone(),
        }
    }

    /// What the HParams tab shows as one row; unique over all sweeps below one folder.
    fn group(&self, trial: usize) -> String {
        format!("{}/{}", self.plan.name, self.plan.trials[trial].name)
    }

    /// What tells a trial apart, for the HParams tab.
    fn hparams(&self, trial: usize) -> BTreeMap<String, HParam> {
        let trial = &self.plan.trials[trial];
        let hparam = |column| -> Option<(String, HParam)> {
            let value = match trial.value(self.sweep, column)? {
                Value::Number(number) => HParam::Number(number.as_f64()?),
                Value::Bool(flag) => HParam::Flag(flag),
                other => HParam::Text(crate::spec::label(&other)),
            };
            Some((column.name.clone(), value))
        };
        self.plan.columns.iter().filter_map(hparam).collect()
    }

    /// Writes the scores of a trial when its last run has ended.
    fn trial_scores(&self, trial: usize, work: &Work) -> Result<(), RecordError> {
        let scores = complete_scores(self.plan, trial, &lock(&work.results));
        match scores {
            Some(scores) => self.write_scores(trial, &scores),
            None => Ok(()),
        }
    }

    /// Writes scores that an earlier start had no time for.
    fn missing_scores(&self, results: &Results) -> Result<(), RecordError> {
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

/// What the workers share.
struct Work {
    queue: Mutex<VecDeque<Vec<RunId>>>,
    results: Mutex<HashMap<RunId, RunResult>>,
    /// The first record that could not be written.
    error: Mutex<Option<RecordError>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The data behind a lock is never left half changed, so a panic elsewhere does not matter.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The scores of a trial all of whose runs, two or more, ended with validation metrics.
fn complete_scores(plan: &Plan, trial: usize, results: &Results) -> Option<Scores> {
    let runs: Vec<RunId> = plan.runs_of(trial).collect();
    let last = |run: &RunId| {
        results
            .get(run)
            .filter(|r| r.failure.is_none())?
            .last_epoch
            .as_ref()
    };
    let lasts: Vec<&EpochMetrics> = runs.iter().map(last).collect::<Option<_>>()?;
    let val_accuracy: Vec<f64> = lasts
        .iter()
        .map(|e| e.val_accuracy)
        .collect::<Option<_>>()?;
    let val_loss: Vec<f64> = lasts.iter().map(|e| e.val_loss).collect::<Option<_>>()?;
    (runs.len() > 1).then_some(Scores {
        val_accuracy,
        val_loss,
    })
}

fn crashed(panic: &(dyn std::any::Any + Send), runs: usize) -> Executed {
    let message = panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without a message".to_owned());
    Executed {
        outcomes: vec![Outcome::Failed(Failure::Crashed { message }); runs],
        peak_bytes: None,
    }
}

/// Watches a cohort's training: records its epochs, and tells it when to stop.
struct Watch<'a> {
    started: Instant,
    interrupt: &'a Interrupt,
    epochs: Vec<Vec<EpochMetrics>>,
    recorders: Vec<Recorder>,
    error: Option<RecordError>,
}

impl Observer for Watch<'_> {
    fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    fn interrupted(&self) -> bool {
        self.interrupt.asked() || self.error.is_some()
    }

    fn epoch_finished(&mut self, member: usize, metrics: &EpochMetrics) {
        if let Err(error) = self.recorders[member].epoch(metrics, wall_time()) {
            self.error.get_or_insert(error);
        }
        self.epochs[member].push(metrics.clone());
    }
}

/// Seconds since 1970.
fn wall_time() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |elapsed| elapsed.as_secs_f64())
}

/// A configuration as a Markdown table.
fn configuration_text(config: &Value) -> String {
    let mut text = String::from("key | value\n---|---\n");
    for (section, fields) in config.as_object().into_iter().flatten() {
        for (field, value) in fields.as_object().into_iter().flatten() {
            text.push_str(&format!(
                "{section}.{field} | {}\n",
                crate::spec::label(value)
            ));
        }
    }
    text
}
