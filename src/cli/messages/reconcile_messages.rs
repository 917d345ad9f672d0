//! Moves the results of an edited sweep into place or into the archive, and reports the moves.

use super::output::warn;
use super::text::{list_names, with_count};
use crate::plan::{Plan, RunId};
use crate::record::{
    Inventory, ReconcilePlan, RecordError, RecordedSweep, Store, lock_reconcile,
    may_need_reconciling, refuse_linked_records, unexpected_links,
};
use crate::spec::Sweep;
use crate::wording::grouped;
use std::collections::BTreeSet;
use std::path::Path;

/// Moves results that the sweep still needs into place, archives results of other settings, and
/// prints what it did.
///
/// # Errors
/// Folders cannot be read or written.
pub(crate) fn reconcile(sweep: &Sweep, store: &Store, plan: &Plan) -> Result<(), RecordError> {
    let runs: Vec<RunId> = plan.runs().collect();
    refuse_linked_records(store, plan, &runs)?;
    // Shards share the lock of the sweep.
    let _moves = lock_reconcile(store.folder())?;
    let contents = Inventory::read(store.folder())?;
    let moves = ReconcilePlan::new(store, plan, &contents);
    // Build the messages first: they read the old settings from where the results are now.
    let mut lines = reconcile_lines(store, plan, &moves);
    if !(moves.archived_paths().is_empty() && moves.unexpected_trials.is_empty()) {
        lines.extend(shared_name_warning(store.folder(), sweep));
    }
    moves.apply(store, plan)?;
    lines.iter().for_each(|line| warn(line));
    Ok(())
}

/// Like [`reconcile`] for a shard. It does nothing unless these runs may need it, because reconciling
/// reads all results of the sweep.
///
/// # Errors
/// Folders cannot be read or written.
pub(crate) fn reconcile_shard(
    sweep: &Sweep,
    store: &Store,
    plan: &Plan,
    runs: &[RunId],
) -> Result<(), RecordError> {
    refuse_linked_records(store, plan, runs)?;
    if may_need_reconciling(store, plan, runs)? {
        reconcile(sweep, store, plan)?;
    }
    Ok(())
}

/// The messages about the moves, before they happen.
fn reconcile_lines(store: &Store, plan: &Plan, moves: &ReconcilePlan) -> Vec<String> {
    let mut lines = Vec::new();
    let restored = moves.restored_runs();
    if !restored.is_empty() {
        let trials: BTreeSet<usize> = restored.iter().map(|run| run.trial).collect();
        let trials = trials.into_iter().map(|trial| &*plan.trials[trial].name);
        lines.push(format!(
            "{} of an earlier version of the sweep {} still valid: {}",
            with_count(restored.len(), "result"),
            if restored.len() == 1 { "is" } else { "are" },
            list_names(trials),
        ));
    }
    let archived = moves.archived_paths();
    if !archived.is_empty() {
        let trials: BTreeSet<&Path> = archived.iter().filter_map(|path| path.parent()).collect();
        let trials: Vec<String> = trials.iter().map(|t| t.display().to_string()).collect();
        lines.push(format!(
            "{} archived {}: {}; {} restored if you undo the change (`tp-sweep clean --yes` removes \
             {})",
            with_count(archived.len(), "result"),
            change_reason(&moves.changed_keys(store, plan)),
            list_names(trials.iter().map(String::as_str)),
            if archived.len() == 1 {
                "it is"
            } else {
                "they are"
            },
            if archived.len() == 1 { "it" } else { "them" },
        ));
    }
    let duplicates = moves.duplicate_paths();
    if !duplicates.is_empty() {
        let duplicates: Vec<String> = duplicates
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        lines.push(format!(
            "{} archived: {} (`tp-sweep clean --yes` removes {})",
            match duplicates.len() {
                1 => "1 duplicate result".to_owned(),
                count => format!("{} duplicate results", grouped(count as u64)),
            },
            list_names(duplicates.iter().map(String::as_str)),
            if duplicates.len() == 1 { "it" } else { "them" },
        ));
    }
    let links = unexpected_links(store, plan);
    if !links.is_empty() {
        lines.push(format!(
            "{} contains {} that {} to no trial of this sweep: {}; results behind links are ignored",
            store.folder().display(),
            with_count(links.len(), "link"),
            if links.len() == 1 { "belongs" } else { "belong" },
            list_names(links.iter().map(String::as_str)),
        ));
    }
    let unexpected = &moves.unexpected_trials;
    if !unexpected.is_empty() {
        lines.push(format!(
            "{} also contains {} not in the sweep: {}; {} kept, and TensorBoard shows {} (`tp-sweep \
             clean --yes` removes {})",
            store.folder().display(),
            with_count(unexpected.len(), "trial"),
            list_names(unexpected.iter().map(String::as_str)),
            if unexpected.len() == 1 { "it is" } else { "they are" },
            if unexpected.len() == 1 { "it" } else { "them" },
            if unexpected.len() == 1 { "it" } else { "them" },
        ));
    }
    lines
}

/// A warning if a different sweep file, which still exists, last wrote to the folder. Two sweep files
/// with one name archive each other's results.
fn shared_name_warning(folder: &Path, sweep: &Sweep) -> Option<String> {
    let before = RecordedSweep::read(folder).ok()?.sweep_path;
    let previous = Path::new(&before).canonicalize().ok()?;
    let current = Path::new(&sweep.source.name).canonicalize().ok()?;
    (previous != current && previous.is_file()).then(|| {
        format!(
            "{} was last used by {before}; if that is a different sweep, give this one a different \
             `name` in the sweep file",
            folder.display()
        )
    })
}

/// Why results no longer belong to the sweep.
fn change_reason(changed: &BTreeSet<String>) -> String {
    if changed.is_empty() {
        return "because the data, the runs or the version of tp-sweep changed".to_owned();
    }
    format!(
        "because {} changed",
        list_names(changed.iter().map(String::as_str))
    )
}
