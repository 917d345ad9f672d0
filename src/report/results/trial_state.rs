//! The state of a trial, from the results of its runs.

use crate::plan::Plan;
use crate::record::Results;
use serde::Serialize;

/// The state of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialState {
    /// All runs have metrics.
    Finished,
    /// At least one run failed.
    Failed,
    /// No run failed, but some have no result yet.
    Incomplete,
}

impl TrialState {
    /// The name in the CSV file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Incomplete => "incomplete",
        }
    }
}

/// The numbers of a trial's runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrialRuns {
    /// All planned runs.
    pub(crate) total: usize,
    /// Runs that have metrics.
    pub(crate) finished: usize,
    /// Runs that failed.
    pub(crate) failed: usize,
    /// The reason of the first failure.
    pub(crate) first_failure: Option<String>,
}

impl TrialRuns {
    /// Counts the runs of the trial at this position of the plan.
    pub(crate) fn count(plan: &Plan, results: &Results, trial: usize) -> Self {
        let mut runs = Self {
            total: 0,
            finished: 0,
            failed: 0,
            first_failure: None,
        };
        for run in plan.runs_of(trial) {
            runs.total += 1;
            match results.runs.get(&run).map(|result| &result.failure) {
                Some(Some(failure)) => {
                    runs.failed += 1;
                    runs.first_failure
                        .get_or_insert_with(|| failure.to_string());
                }
                Some(None) => runs.finished += 1,
                None => {}
            }
        }
        runs
    }

    /// The state that follows from the counts.
    pub(crate) fn state(&self) -> TrialState {
        if self.failed > 0 {
            TrialState::Failed
        } else if self.finished == self.total {
            TrialState::Finished
        } else {
            TrialState::Incomplete
        }
    }
}
