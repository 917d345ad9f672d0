//! Records the end of a run, and of its trial.

use super::trial_scores::{complete_scores, write_trial_scores};
use super::wall_time::wall_time;
use crate::metrics::EpochMetrics;
use crate::model_io::Weights;
use crate::outcome::{FinishedRun, Outcome};
use crate::plan::RunId;
use crate::record::{
    RecordError, Recorder, RunClassification, RunResult, remove_classification, remove_predictions,
    remove_weights, write_predictions,
};
use crate::run::context::{DeviceSlot, ExecutionContext};
use crate::run::retention::prune_weights::{remove_trial_weights, save_weights};
use crate::run::sweep_state::SweepState;

/// A run that has ended.
pub(crate) struct EndedRun {
    pub(crate) run: RunId,
    pub(crate) outcome: Outcome,
    pub(crate) epochs: Vec<EpochMetrics>,
    /// Its share of its cohort's training time, without attempts that were discarded.
    pub(crate) seconds: f64,
    /// The number of runs in its cohort.
    pub(crate) cohort: usize,
    pub(crate) recorder: Recorder,
    /// The weights of its final network, where they are known.
    pub(crate) weights: Option<Weights>,
}

/// Writes the result of a run, and the scores of its trial if this was the trial's last run.
pub(crate) fn finalize_run(
    context: &ExecutionContext,
    slot: &DeviceSlot,
    state: &SweepState<'_>,
    ended: EndedRun,
) -> Result<(), RecordError> {
    let run = ended.run;
    if let Some(published) = ended
        .recorder
        .completed_elsewhere(context.store.run_hash(run))
    {
        ended.recorder.yield_to(&published)?;
        return accept_result(context, state, run, published);
    }
    let folder = context.store.run_folder(context.plan, run);
    let finished = match &ended.outcome {
        Outcome::Finished(finished) => Some(finished),
        Outcome::Failed(_) => None,
    };
    match finished {
        Some(finished) => {
            write_classes(context, run, finished)?;
            match &finished.predictions {
                Some(predictions) if context.sweep.options.record.predictions => {
                    write_predictions(&folder, predictions)?;
                }
                _ => remove_predictions(&folder)?,
            }
        }
        // An earlier attempt may have come further.
        None => {
            remove_classification(&folder)?;
            remove_predictions(&folder)?;
        }
    }
    let result = RunResult {
        seconds: ended.seconds,
        cohort: ended.cohort,
        ..run_result(context, slot, run, ended.outcome, ended.epochs)
    };
    let keeps_weights = state.ended_runs().keeps_weights(run, &result);
    match ended.weights.filter(|_| keeps_weights) {
        Some(weights) => save_weights(context, slot, run, &weights)?,
        None => remove_weights(&folder)?,
    }
    let result = ended.recorder.finish(result, wall_time())?;
    // A run that crashed is no progress: the next start would crash again, without end.
    if !result.should_retry() {
        state.mark_progress();
    }
    accept_result(context, state, run, result)
}

/// Adds the result of a run, which is on the disk, to the results of the sweep, and updates the
/// scores and the weights of its trial.
pub(crate) fn accept_result(
    context: &ExecutionContext,
    state: &SweepState<'_>,
    run: RunId,
    result: RunResult,
) -> Result<(), RecordError> {
    context.progress.run_ended(&context.run_name(run), &result);
    if context.fail_fast && result.failure.is_some() {
        state.stop();
    }
    // Under one lock: of two runs that end at once, only the later one sees the trial complete.
    let (scores, trials_to_prune) = {
        let mut ended = state.ended_runs();
        ended.results.insert(run, result);
        let scores = match context.shard {
            None => complete_scores(context.sweep, context.plan, run.trial, &ended.results),
            Some(_) => None,
        };
        (scores, ended.trials_to_prune(run.trial))
    };
    if let Some(scores) = scores {
        write_trial_scores(
            context.sweep,
            context.plan,
            context.store,
            run.trial,
            &scores,
        )?;
    }
    for trial in trials_to_prune {
        remove_trial_weights(context.plan, context.store, trial)?;
    }
    Ok(())
}

/// Writes how a run classifies the samples of each class.
fn write_classes(
    context: &ExecutionContext,
    run: RunId,
    finished: &FinishedRun,
) -> Result<(), RecordError> {
    let validation = finished.validation.as_ref();
    let classes = RunClassification {
        validation: validation.map(|(_, scores)| scores.clone()),
        test: finished.test.1.clone(),
    };
    classes.write(&context.store.run_folder(context.plan, run))
}

/// The result of a run; `seconds` and `cohort` are those of a run that trains alone.
fn run_result(
    context: &ExecutionContext,
    slot: &DeviceSlot,
    run: RunId,
    outcome: Outcome,
    epochs: Vec<EpochMetrics>,
) -> RunResult {
    let trial = &context.plan.trials[run.trial];
    let (finished, failure) = match outcome {
        Outcome::Finished(finished) => (Some(finished), None),
        Outcome::Failed(failure) => (None, Some(failure)),
    };
    let seconds: f64 = epochs.iter().map(|epoch| epoch.seconds).sum();
    RunResult {
        run_hash: context.store.run_hash(run).clone(),
        trial: trial.name.clone(),
        repeat: run.repeat,
        fold: run.fold,
        failure,
        final_epoch: finished.as_ref().map(|finished| finished.epoch),
        validation: finished
            .as_ref()
            .and_then(|finished| Some(finished.validation.as_ref()?.0.clone())),
        test: finished.map(|finished| finished.test.0),
        seconds_per_epoch: (!epochs.is_empty()).then(|| seconds / epochs.len() as f64),
        epochs,
        seconds,
        parameters: trial.config.parameters(),
        device: slot.device.clone(),
        workers: slot.workers,
        cohort: 1,
        precision: slot.precision.clone(),
        config: trial.config.to_value(),
        events: None,
    }
}
