//! Links in a sweep's folder: what is behind them cannot be moved by renames, and is not looked for.

use super::inventory::{ASIDE, is_folder};
use super::store::Store;
use crate::plan::{Plan, RunId};
use crate::record::error::{RecordError, on};
use crate::record::run::checkpoint::{CHECKPOINT_FILE, Checkpoint};
use crate::record::run::result::{RESULT_FILE, RunResult};
use std::path::Path;

/// Refuses to train a run over a record of other settings that is behind a link: it cannot
/// be set aside by a rename, and would be overwritten. So does a link that leads nowhere, such as to a
/// disk that is not mounted.
///
/// # Errors
/// The first link.
pub fn refuse_linked_records(
    store: &Store,
    plan: &Plan,
    runs: &[RunId],
) -> Result<(), RecordError> {
    for &run in runs {
        let folder = store.run_folder(plan, run);
        let trial = store.trial_folder(plan, run.trial);
        let places = [
            trial,
            folder.clone(),
            folder.join(RESULT_FILE),
            folder.join(CHECKPOINT_FILE),
        ];
        let Some(link) = places.into_iter().find(|place| place.is_symlink()) else {
            continue;
        };
        if !link.exists() {
            let reason = "it is a link that leads nowhere; remove it, or mount what it leads to";
            return Err(on("look into", &link)(std::io::Error::other(reason)));
        }
        let ended = RunResult::read_any(&folder).map(|result| result.identity);
        let stopped = || Checkpoint::read_any(&folder).map(|saved| saved.identity);
        let identity = ended.or_else(stopped);
        if identity.is_some_and(|identity| identity != *store.identity(run)) {
            let target = link.read_link().unwrap_or_default();
            let reason = format!(
                "it is a link to {}, where results of other settings would be overwritten; move what \
                 it leads to here, or remove the link, or give the sweep another name",
                target.display()
            );
            return Err(on("set aside the results in", &link)(
                std::io::Error::other(reason),
            ));
        }
    }
    Ok(())
}

/// Refuses to set results aside if something other than a folder has the name of the folder for them.
///
/// # Errors
/// A link or a file of this name.
pub(crate) fn refuse_linked_aside(folder: &Path) -> Result<(), RecordError> {
    let aside = folder.join(ASIDE);
    if aside.symlink_metadata().is_err() || is_folder(&aside) {
        return Ok(());
    }
    let reason = "expected a folder, found a link or a file; results are moved there by renames; remove \
                  it, or replace the link by its target folder";
    Err(on("set results aside in", &aside)(std::io::Error::other(
        reason,
    )))
}

/// Links in a sweep's folder that lead to folders, by their names: what is behind them is not looked
/// for.
pub fn links_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let links = entries.filter(|entry| entry.path().is_symlink() && entry.path().is_dir());
    let names = links.filter_map(|link| link.file_name().into_string().ok());
    let mut names: Vec<String> = names
        .filter(|name| !name.starts_with('.') || name == ASIDE)
        .collect();
    names.sort_unstable();
    names
}

/// Those of [`links_in`] that are of no trial of the sweep.
pub fn unexpected_links(store: &Store, plan: &Plan) -> Vec<String> {
    let mut names = links_in(store.folder());
    names.retain(|name| plan.trials.iter().all(|trial| trial.name != *name));
    names
}
