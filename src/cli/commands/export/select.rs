//! The trial and the run to export.

use crate::cli::arguments::ExportArguments;
use crate::cli::errors::ExportError;
use crate::cli::messages::with_count;
use crate::plan::{Plan, RunId};
use crate::record::{RankKey, Results, RunResult};
use crate::spec::RankBy;

/// The position of the best trial of the ranking, or of the only trial.
pub(super) fn best_trial(
    plan: &Plan,
    results: &Results,
    rank_by: RankBy,
) -> Result<usize, ExportError> {
    let rank_key = |trial| RankKey::of(plan, trial, rank_by, |run| results.runs.get(&run));
    let best = (0..plan.trials.len()).filter_map(rank_key).min();
    let best = best.ok_or_else(|| no_best_error(plan, results))?;
    if best.is_ranked() || plan.trials.len() == 1 {
        Ok(best.trial)
    } else {
        Err(ExportError::NotCompared)
    }
}

/// The error if no trial can be ranked.
fn no_best_error(plan: &Plan, results: &Results) -> ExportError {
    let mut failures = plan.runs().map(|run| {
        let result = results.runs.get(&run)?;
        Some(result.failure.as_ref().map(ToString::to_string))
    });
    let all: Option<Vec<Option<String>>> = failures.by_ref().collect();
    match all.and_then(|all| all.into_iter().flatten().next()) {
        Some(reason) => ExportError::AllFailed { reason },
        None => ExportError::NoneComplete,
    }
}

/// The run of the trial on the requested fold and repeat.
pub(super) fn chosen_run(
    plan: &Plan,
    trial: usize,
    arguments: &ExportArguments,
) -> Result<RunId, ExportError> {
    let run = RunId {
        trial,
        repeat: arguments.repeat,
        fold: arguments.fold,
    };
    if plan.runs_of(trial).any(|known| known == run) {
        return Ok(run);
    }
    let trial = &plan.trials[trial];
    let validation = &trial.config.validation;
    Err(ExportError::NoSuchRun {
        trial: trial.name.clone(),
        folds: with_count(validation.splits(), "fold"),
        repeats: with_count(validation.repeats.get(), "repeat"),
    })
}

pub(super) fn finished_result<'a>(
    plan: &Plan,
    results: &'a Results,
    run: RunId,
) -> Result<&'a RunResult, ExportError> {
    results.finished(run).ok_or_else(|| {
        let failure = results.runs.get(&run).and_then(|run| run.failure.as_ref());
        ExportError::NotFinished {
            run: plan.folder(run),
            reason: failure.map(ToString::to_string),
        }
    })
}
