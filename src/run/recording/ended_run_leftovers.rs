//! Files that unfinished attempts at runs have left.

use crate::plan::{Plan, RunId};
use crate::record::{RecordError, RunResult, Store, remove_leftovers, remove_temp_files};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// Removes the files that attempts at ended runs have left: of a process that was killed, or of
/// another machine whose files were not yet visible when the result was written. A run that is to be
/// retried has not ended: its checkpoint belongs to the next attempt.
///
/// # Errors
/// Files that cannot be removed.
pub fn remove_leftovers_of_ended(
    plan: &Plan,
    store: &Store,
    results: &HashMap<RunId, RunResult>,
) -> Result<(), RecordError> {
    let ended = results
        .par_iter()
        .filter(|(_, result)| !result.should_retry());
    ended.try_for_each(|(&run, result)| remove_leftovers(&store.run_folder(plan, run), result))?;
    let trials: BTreeSet<usize> = results.keys().map(|run| run.trial).collect();
    let trial_folders = trials.iter().map(|&trial| store.trial_folder(plan, trial));
    let mut folders = trial_folders.chain([store.folder().to_owned()]);
    folders.try_for_each(|folder| remove_temp_files(&folder))
}
