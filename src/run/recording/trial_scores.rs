//! The cross-validation scores of complete trials, for TensorBoard.

use super::run_metadata::{hparams, hparams_group};
use super::wall_time::wall_time;
use crate::metrics::Scores;
use crate::plan::{Plan, RunId};
use crate::record::{
    CvScores, RecordError, RunResult, Store, has_cv_scores, mean_curves, write_cv_scores,
};
use crate::spec::{EventTiming, Sweep};
use std::collections::HashMap;

/// Writes the scores over the folds of each trial that is complete and has none.
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
        if let Some(scores) = complete_scores(sweep, plan, trial, results)
            && !has_cv_scores(&store.trial_folder(plan, trial))
        {
            write_trial_scores(sweep, plan, store, trial, &scores)?;
        }
    }
    Ok(())
}

/// Writes the scores of one trial.
pub(crate) fn write_trial_scores(
    sweep: &Sweep,
    plan: &Plan,
    store: &Store,
    trial: usize,
    scores: &CvScores,
) -> Result<(), RecordError> {
    let folder = store.trial_folder(plan, trial);
    let (group, hparams) = (hparams_group(plan, trial), hparams(sweep, plan, trial));
    write_cv_scores(&folder, &group, &hparams, scores, wall_time())
}

/// The scores of a trial with two or more runs, all of which ended with validation metrics.
pub(crate) fn complete_scores(
    sweep: &Sweep,
    plan: &Plan,
    trial: usize,
    results: &HashMap<RunId, RunResult>,
) -> Option<CvScores> {
    let runs: Vec<RunId> = plan.runs_of(trial).collect();
    let finished = |run: &RunId| results.get(run).filter(|result| result.failure.is_none());
    let finished: Vec<&RunResult> = runs.iter().map(finished).collect::<Option<_>>()?;
    let validation = finished.iter().map(|result| result.validation.clone());
    let scores: Vec<Scores> = validation.collect::<Option<_>>()?;
    (runs.len() > 1).then(|| CvScores {
        runs: scores,
        curves: match sweep.options.record.events {
            EventTiming::None => Vec::new(),
            EventTiming::Epoch | EventTiming::Final => {
                let epochs: Vec<_> = finished.iter().map(|run| run.epochs.as_slice()).collect();
                mean_curves(&epochs)
            }
        },
    })
}
