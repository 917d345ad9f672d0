//! A run that was trained again.

use super::time_limit::TimeLimit;
use crate::cli::context::Retraining;
use crate::cli::messages::Tolerance;
use crate::outcome::Outcome;
use crate::plan::{Plan, RunId};
use crate::record::{RunResult, Store};
use crate::run::CohortError;
use crate::train::StopRequest;

/// A run that was trained again.
pub(super) struct CheckedRun {
    /// The folder of the run.
    pub(super) name: String,
    /// How closely it had to agree; `None` if it could not be trained.
    pub(super) tolerance: Option<Tolerance>,
    /// What differs, with the numbers.
    pub(super) differences: Vec<String>,
    /// Whether the time limit ended its training.
    pub(super) is_stopped: bool,
}

impl CheckedRun {
    pub(super) fn agrees(&self) -> bool {
        self.differences.is_empty() && !self.is_stopped
    }
}

/// Trains a run again, unless the time limit has passed, and compares everything that the training determines: epochs,
/// scores, and on CPUs of one kind the predictions and the counts of classes.
pub(super) fn check_run(
    retraining: Option<&Retraining>,
    plan: &Plan,
    store: &Store,
    run: RunId,
    result: &RunResult,
    limit: &TimeLimit,
) -> CheckedRun {
    let name = plan.folder(run).display().to_string();
    let without_result = |differences: Vec<String>| CheckedRun {
        name: name.clone(),
        tolerance: None,
        is_stopped: differences.is_empty(),
        differences,
    };
    let Some(retraining) = retraining.filter(|_| !limit.is_requested()) else {
        return without_result(Vec::new());
    };
    let retrained = match retraining.compare(run, result, Some(limit)) {
        Ok(retrained) => retrained,
        Err(CohortError::Interrupted) => return without_result(Vec::new()),
        Err(error) => return without_result(vec![format!("cannot be trained again: {error}")]),
    };
    let mut differences: Vec<String> = retrained
        .differences
        .iter()
        .map(ToString::to_string)
        .collect();
    let parameters = plan.trials[run.trial].config.parameters();
    if result.parameters != parameters {
        differences.push(format!(
            "the number of parameters was {} and is {parameters}",
            result.parameters
        ));
    }
    for (what, packed, planned) in [
        ("repeat", result.repeat, run.repeat),
        ("fold", result.fold, run.fold),
    ] {
        if packed != planned {
            differences.push(format!("the {what} was {packed} and is {planned}"));
        }
    }
    if let (Outcome::Finished(finished), Tolerance::BitExact) =
        (&retrained.rerun.outcome, retrained.tolerance)
    {
        match (store.predictions(plan, run), &finished.predictions) {
            (Some(packed), Some(now)) if packed != *now => {
                let pairs = packed.predicted.iter().zip(&now.predicted);
                let changed = pairs.filter(|(before, after)| before != after).count();
                differences.push(format!(
                    "{changed} of {} predictions differ",
                    now.predicted.len()
                ));
            }
            (None, Some(_)) => differences.push("it has no valid predictions".to_owned()),
            _ => {}
        }
        let validation = finished.validation.as_ref().map(|(_, counts)| counts);
        match store.classification(plan, run) {
            Some(packed)
                if packed.validation.as_ref() == validation && packed.test == finished.test.1 => {}
            Some(_) => {
                differences.push("the confusion matrix or the probabilities differ".to_owned());
            }
            None => differences.push("it has no valid counts of classes".to_owned()),
        }
    }
    CheckedRun {
        name,
        tolerance: Some(retrained.tolerance),
        differences,
        is_stopped: false,
    }
}
