//! The trial and the run to export.

use crate::cli::arguments::ExportArguments;
use crate::cli::errors::ExportError;
use crate::cli::messages::with_count;
use crate::metrics::{Part, Score};
use crate::plan::{Plan, RunId};
use crate::record::{RankKey, Results, RunResult};
use crate::selection::select;
use crate::spec::ReportOptions;

/// The position of the trial that the rule of the sweep file chooses, or of the only trial.
pub(super) fn chosen_trial(
    options: &ReportOptions,
    plan: &Plan,
    results: &Results,
) -> Result<usize, ExportError> {
    if options.chooses_first_ranked() || !plan.is_validated() {
        return best_trial(plan, results, options.rank_by);
    }
    let selection = select(options, plan, results);
    if selection.ranked == 0 {
        // The only trial would be the best, but a limit or a different score must not be passed over.
        best_trial(plan, results, options.best_by())?;
    }
    selection.chosen.ok_or_else(|| {
        let within = with_count(selection.within_limits, "trial");
        let lacking = selection.unmeasured;
        let reason = match selection.within_limits {
            0 if selection.ranked == 0 => {
                let score = Part::Validation.score(options.best_by());
                format!("no trial has a value for {}", score.id())
            }
            0 if lacking > 0 => format!(
                "no trial is known to be within its limits, and {} {} a measurement",
                with_count(lacking, "trial"),
                if lacking == 1 { "lacks" } else { "lack" }
            ),
            0 => format!(
                "none of the {} is within its limits",
                with_count(selection.ranked, "ranked trial")
            ),
            _ => format!(
                "the one-standard-error rule needs at least two splits and measured costs \
                 ({within} within the limits)"
            ),
        };
        ExportError::NoneChosen { reason }
    })
}

/// The position of the best trial of the ranking, or of the only trial.
pub(super) fn best_trial(
    plan: &Plan,
    results: &Results,
    rank_by: Score,
) -> Result<usize, ExportError> {
    let rank_key = |trial| RankKey::of(plan, trial, rank_by, |run| results.runs.get(&run));
    let best = (0..plan.trials.len()).filter_map(rank_key).min();
    let best = best.ok_or_else(|| no_best_error(plan, results))?;
    if best.is_ranked() || plan.trials.len() == 1 {
        Ok(best.trial)
    } else {
        Err(if plan.is_validated() {
            let score = Part::Validation.score(rank_by).id();
            ExportError::WithoutScore { score }
        } else {
            ExportError::NotCompared
        })
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
