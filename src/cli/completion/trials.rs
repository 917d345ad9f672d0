//! Candidates for the name of a trial.

use super::request;
use crate::plan::Plan;
use clap_complete::CompletionCandidate;

/// The most names that are offered. A longer list helps nobody, and takes long.
const MAX_TRIALS: usize = 1000;

/// The trials of the sweep on the command line.
pub(in crate::cli) fn trials() -> Vec<CompletionCandidate> {
    let plan = request::sweep().and_then(|sweep| Plan::new(&sweep).ok());
    let trials = plan.into_iter().flat_map(|plan| plan.trials);
    trials
        .take(MAX_TRIALS)
        .map(|trial| CompletionCandidate::new(trial.name))
        .collect()
}
