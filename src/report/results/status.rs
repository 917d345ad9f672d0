//! How far a trial has come.

use crate::plan::Plan;
use crate::record::Results;

/// How far a trial has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialState {
    /// Runs of the trial.
    pub runs: usize,
    /// Runs that ended with metrics.
    pub finished: usize,
    /// Runs that ended without.
    pub failed: usize,
    /// Why the first of them did.
    pub reason: Option<String>,
}

impl TrialState {
    /// The status of the trial at this position of the plan.
    pub fn of(plan: &Plan, results: &Results, trial: usize) -> Self {
        let mut status = Self {
            runs: 0,
            finished: 0,
            failed: 0,
            reason: None,
        };
        for run in plan.runs_of(trial) {
            status.runs += 1;
            match results.runs.get(&run).map(|result| &result.failure) {
                Some(Some(failure)) => {
                    status.failed += 1;
                    status.reason.get_or_insert_with(|| failure.to_string());
                }
                Some(None) => status.finished += 1,
                None => {}
            }
        }
        status
    }

    /// `finished`, `failed` or `incomplete`.
    pub fn word(&self) -> &'static str {
        match self {
            _ if self.failed > 0 => "failed",
            _ if self.finished == self.runs => "finished",
            _ => "incomplete",
        }
    }
}
