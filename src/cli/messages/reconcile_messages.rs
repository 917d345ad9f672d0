//! The results of an edited sweep: what becomes of them is told.

use super::output::warn;
use super::text::{list_names, with_count};
use crate::plan::{Plan, RunId, grouped};
use crate::record::{
    Inventory, ReconcilePlan, RecordError, RecordedSweep, Store, lock_reconcile,
    may_need_reconciling, refuse_linked_records, unexpected_links,
};
use crate::spec::Sweep;
use std::collections::BTreeSet;
use std::path::Path;

/// Puts results that still belong to their places, sets those of other settings aside, and says so.
///
/// # Errors
/// Folders that cannot be read or written to.
pub(crate) fn reconcile(sweep: &Sweep, store: &Store, plan: &Plan) -> Result<(), RecordError> {
    let runs: Vec<RunId> = plan.runs().collect();
    refuse_linked_records(store, plan, &runs)?;
    // Shards do not keep each other out.
    let _moves = lock_reconcile(store.folder())?;
    let contents = Inventory::read(store.folder())?;
    let moves = ReconcilePlan::new(store, plan, &contents);
    // Before anything moves: the old settings are read where they are.
    let mut lines = reconcile_lines(store, plan, &moves);
    if !(moves.set_aside().is_empty() && moves.unasked.is_empty()) {
        lines.extend(shared_name_warning(store.folder(), sweep));
    }
    moves.carry_out(store, plan)?;
    lines.iter().for_each(|line| warn(line));
    Ok(())
}

/// Does so for one of several shards: only where it may be of use for these runs, since it reads all
/// results of the sweep.
///
/// # Errors
/// Folders that cannot be read or written to.
pub(crate) fn reconcile_shard(
    sweep: &Sweep,
    store: &Store,
    plan: &Plan,
    runs: &[RunId],
) -> Result<(), RecordError> {
    refuse_linked_records(store, plan, runs)?;
    match may_need_reconciling(store, plan, runs)? {
        true => reconcile(sweep, store, plan),
        false => Ok(()),
    }
}

/// What is told of the moves.
fn reconcile_lines(store: &Store, plan: &Plan, moves: &ReconcilePlan) -> Vec<String> {
    let mut lines = Vec::new();
    let kept = moves.kept();
    if !kept.is_empty() {
        let trials: BTreeSet<usize> = kept.iter().map(|run| run.trial).collect();
        let trials = trials.into_iter().map(|trial| &*plan.trials[trial].name);
        lines.push(format!(
            "{} of earlier settings still {}: {}",
            with_count(kept.len(), "result"),
            if kept.len() == 1 { "belongs" } else { "belong" },
            list_names(trials),
        ));
    }
    let away = moves.set_aside();
    if !away.is_empty() {
        let trials: BTreeSet<&Path> = away.iter().filter_map(|path| path.parent()).collect();
        let trials: Vec<String> = trials.iter().map(|t| t.display().to_string()).collect();
        lines.push(format!(
            "{} of other settings set aside, {}: {}; {} when the settings do (`tp-sweep clean` removes {})",
            with_count(away.len(), "result"),
            change_reason(&moves.changed_keys(store, plan)),
            list_names(trials.iter().map(String::as_str)),
            if away.len() == 1 { "it comes back" } else { "they come back" },
            if away.len() == 1 { "it" } else { "them" },
        ));
    }
    let copies = moves.copies();
    if !copies.is_empty() {
        let copies: Vec<String> = copies
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        lines.push(format!(
            "{} of {} at {} set aside: {} (`tp-sweep clean` removes {})",
            match copies.len() {
                1 => "1 copy".to_owned(),
                count => format!("{} copies", grouped(count as u64)),
            },
            if copies.len() == 1 { "a run" } else { "runs" },
            if copies.len() == 1 {
                "its place"
            } else {
                "their places"
            },
            list_names(copies.iter().map(String::as_str)),
            if copies.len() == 1 { "it" } else { "them" },
        ));
    }
    let links = unexpected_links(store, plan);
    if !links.is_empty() {
        lines.push(format!(
            "{} has {} that {} of no trial of this sweep: {}; results behind a link are not looked for",
            store.folder().display(),
            with_count(links.len(), "link"),
            if links.len() == 1 { "is" } else { "are" },
            list_names(links.iter().map(String::as_str)),
        ));
    }
    let unasked = &moves.unasked;
    if !unasked.is_empty() {
        lines.push(format!(
            "{} also has {} that this sweep does not ask for: {}; left alone, and TensorBoard shows \
             {} too (`tp-sweep clean` removes {})",
            store.folder().display(),
            with_count(unasked.len(), "trial"),
            list_names(unasked.iter().map(String::as_str)),
            if unasked.len() == 1 { "it" } else { "them" },
            if unasked.len() == 1 { "it" } else { "them" },
        ));
    }
    lines
}

/// What is told where the folder was filled by another sweep file that is still there: two files with
/// one name set each other's results aside.
fn shared_name_warning(folder: &Path, sweep: &Sweep) -> Option<String> {
    let before = RecordedSweep::read(folder).ok()?.sweep_path;
    let other = Path::new(&before).canonicalize().ok()?;
    let own = Path::new(&sweep.source.name).canonicalize().ok()?;
    (other != own && other.is_file()).then(|| {
        format!(
            "{} belongs to {before}, which was trained here last: if that is another sweep, give this \
             one a name of its own (`name` in the sweep file)",
            folder.display()
        )
    })
}

/// Why results are of other settings.
fn change_reason(changed: &BTreeSet<String>) -> String {
    match changed.is_empty() {
        true => "since the data, the runs or the version of tp-sweep are others now".to_owned(),
        false => format!(
            "since other values stand for {}",
            list_names(changed.iter().map(String::as_str))
        ),
    }
}
