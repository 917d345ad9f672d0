//! Candidates for the name of a trial.

use super::request;
use crate::plan::Plan;
use clap_complete::CompletionCandidate;
use std::ffi::OsStr;

/// The maximum number of names offered; a longer list is of no use.
const MAX_TRIALS: usize = 1000;

/// The trials of the sweep on the command line whose names begin with `current`.
pub(in crate::cli) fn trials(current: &OsStr) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    let plan = request::sweep().and_then(|sweep| Plan::new(&sweep).ok());
    let names = plan.into_iter().flat_map(|plan| plan.trials);
    names
        .map(|trial| trial.name)
        .filter(|name| name.starts_with(&*current))
        .take(MAX_TRIALS)
        .map(CompletionCandidate::new)
        .collect()
}
