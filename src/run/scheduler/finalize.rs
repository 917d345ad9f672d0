//! What becomes of a run, and of its trial, when it has ended.

use super::dispatch::{DeviceSlot, Scheduler};
use super::run_header::{group, hparams};
use super::worker_state::{WorkerState, lock};
use crate::metrics::EpochMetrics;
use crate::model_io::Weights;
use crate::outcome::{FinishedRun, Outcome};
use crate::plan::{Plan, RunId};
use crate::record::{
    CvScores, RecordError, Recorder, RunClasses, RunResult, Store, has_cv_scores, remove_classes,
    remove_weights, write_cv_scores,
};
use crate::run::observers::cohort_recorder::wall_time;
use crate::spec::Sweep;
use std::collections::HashMap;

/// A run that has ended.
pub(crate) struct EndedRun {
    pub(crate) run: RunId,
    pub(crate) outcome: Outcome,
    pub(crate) epochs: Vec<EpochMetrics>,
    /// From start to end, without what was in vain: its share of its cohort's.
    pub(crate) seconds: f64,
    /// Runs of its cohort.
    pub(crate) cohort: usize,
    pub(crate) recorder: Recorder,
    /// Those of its final network, where they are known.
    pub(crate) weights: Option<Weights>,
}

impl Scheduler<'_> {
    /// Records the end of a run, and of its trial where that was its last.
    pub(crate) fn end(
        &self,
        place: &DeviceSlot,
        work: &WorkerState<'_>,
        ended: EndedRun,
    ) -> Result<(), RecordError> {
        let run = ended.run;
        if let Some(there) = ended.recorder.overtaken(self.store.identity(run)) {
            ended.recorder.give_way(&there)?;
            return self.ended(work, run, there);
        }
        let finished = match &ended.outcome {
            Outcome::Finished(finished) => Some(finished),
            Outcome::Failed(_) => None,
        };
        match finished {
            Some(finished) => self.write_classes(run, finished)?,
            // Of an attempt that had come further.
            None => remove_classes(&self.store.run_folder(self.plan, run))?,
        }
        let result = RunResult {
            seconds: ended.seconds,
            cohort: ended.cohort,
            ..self.result(place, run, ended.outcome, ended.epochs)
        };
        let may_stay = lock(&work.ended).may_stay(run, &result);
        match ended.weights.filter(|_| may_stay) {
            Some(weights) => self.write_weights(place, run, &weights)?,
            None => remove_weights(&self.store.run_folder(self.plan, run))?,
        }
        let result = ended.recorder.finish(result, wall_time())?;
        // A crash would come again, and again.
        if !result.is_to_be_retried() {
            work.progress();
        }
        self.ended(work, run, result)
    }

    /// Takes note of the result of a run, which is on disk, and of what follows for its trial.
    pub(crate) fn ended(
        &self,
        work: &WorkerState<'_>,
        run: RunId,
        result: RunResult,
    ) -> Result<(), RecordError> {
        self.progress.run_ended(&self.run_name(run), &result);
        if self.fail_fast && result.failure.is_some() {
            work.stop();
        }
        // Under one lock: of two runs that end at once, only the later sees the trial whole.
        let (scores, left) = {
            let mut ended = lock(&work.ended);
            ended.results.insert(run, result);
            let scores = match self.share {
                None => complete_scores(self.plan, run.trial, &ended.results),
                Some(_) => None,
            };
            (scores, ended.leaving(run.trial))
        };
        if let Some(scores) = scores {
            write_trial_scores(self.sweep, self.plan, self.store, run.trial, &scores)?;
        }
        match left {
            Some(trial) => self.remove_weights(trial),
            None => Ok(()),
        }
    }

    /// Writes how each class fares in a run.
    fn write_classes(&self, run: RunId, finished: &FinishedRun) -> Result<(), RecordError> {
        let validation = finished.validation.as_ref();
        let classes = RunClasses {
            validation: validation.map(|(_, scores)| scores.clone()),
            test: finished.test.1.clone(),
        };
        classes.write(&self.store.run_folder(self.plan, run))
    }

    /// The result of a run that was trained alone.
    pub(crate) fn result(
        &self,
        place: &DeviceSlot,
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
            config: trial.config.to_value(),
            events: None,
        }
    }

    /// Writes scores that an earlier start had no time for.
    pub(crate) fn missing_scores(
        &self,
        results: &HashMap<RunId, RunResult>,
    ) -> Result<(), RecordError> {
        match self.share {
            None => write_missing_scores(self.sweep, self.plan, self.store, results),
            Some(_) => Ok(()),
        }
    }
}

/// Writes the scores over the folds, for TensorBoard, of each trial that is complete and has none.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
pub fn write_missing_scores(
    sweep: &Sweep,
    plan: &Plan,
    store: &Store,
    results: &HashMap<RunId, RunResult>,
) -> Result<(), RecordError> {
    for trial in 0..plan.trials.len() {
        if let Some(scores) = complete_scores(plan, trial, results)
            && !has_cv_scores(&store.trial_folder(plan, trial))
        {
            write_trial_scores(sweep, plan, store, trial, &scores)?;
        }
    }
    Ok(())
}

fn write_trial_scores(
    sweep: &Sweep,
    plan: &Plan,
    store: &Store,
    trial: usize,
    scores: &CvScores,
) -> Result<(), RecordError> {
    let folder = store.trial_folder(plan, trial);
    let (group, hparams) = (group(plan, trial), hparams(sweep, plan, trial));
    write_cv_scores(&folder, &group, &hparams, scores, wall_time())
}

/// The scores of a trial all of whose runs, two or more, ended with validation metrics.
fn complete_scores(
    plan: &Plan,
    trial: usize,
    results: &HashMap<RunId, RunResult>,
) -> Option<CvScores> {
    let runs: Vec<RunId> = plan.runs_of(trial).collect();
    let validation = |run: &RunId| {
        let result = results.get(run).filter(|r| r.failure.is_none())?;
        result.validation
    };
    let scores: Vec<_> = runs.iter().map(validation).collect::<Option<_>>()?;
    (runs.len() > 1).then(|| CvScores {
        val_accuracy: scores.iter().map(|score| score.accuracy).collect(),
        val_loss: scores.iter().map(|score| score.loss).collect(),
    })
}
