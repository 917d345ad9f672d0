//! Marks the best trial for TensorBoard in the results folder.

use crate::data::DatasetCache;
use crate::plan::Plan;
use crate::record::{BestTrial, RecordError, Store, remove_best, update_best};
use crate::report::{DetailedTrial, TrialClasses};
use crate::spec::Data;
use std::time::{SystemTime, UNIX_EPOCH};

/// The per-class scores of a trial, with the names of the classes; `None` if they are not recorded.
pub(crate) fn trial_classes(
    dataset_cache: &DatasetCache,
    store: &Store,
    plan: &Plan,
    trial: usize,
) -> Option<TrialClasses> {
    let scores = store.trial_classification(plan, trial)?;
    let names = class_names(dataset_cache, &plan.trials[trial].config.data);
    Some(TrialClasses::new(names, scores))
}

/// The names of the classes; empty if the data is missing and was never read, because reports do not
/// need it.
pub(crate) fn class_names(dataset_cache: &DatasetCache, data: &Data) -> Vec<String> {
    let contents = dataset_cache.contents(data);
    contents.map_or_else(|_| Vec::new(), |contents| contents.classes)
}

/// Writes `<trial>/best` for the best trial if it changed, and removes it from all other trials.
///
/// # Errors
/// A folder cannot be written, or the disk is full.
pub(crate) fn mark_best(
    plan: &Plan,
    store: &Store,
    best: Option<&DetailedTrial>,
) -> Result<(), RecordError> {
    let marked = best.and_then(|best| Some((best.trial, best.classes.as_ref()?)));
    for trial in 0..plan.trials.len() {
        if marked.is_none_or(|(best, _)| best != trial) {
            remove_best(&store.trial_folder(plan, trial))?;
        }
    }
    let Some((trial, classes)) = marked else {
        return Ok(());
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let shown = BestTrial::new(&classes.names, &classes.scores);
    update_best(
        &store.trial_folder(plan, trial),
        &shown,
        0,
        now.map_or(0.0, |elapsed| elapsed.as_secs_f64()),
    )
}
