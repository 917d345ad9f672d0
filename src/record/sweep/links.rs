//! Symbolic links in the folder of a sweep. Results behind a link cannot be moved by renames, and are
//! not searched for.

use super::inventory::ARCHIVE_FOLDER;
use super::store::Store;
use crate::plan::{Plan, RunId};
use crate::record::error::{RecordError, failed_to};
use crate::record::fs::folder::is_folder;
use crate::record::run::checkpoint::{CHECKPOINT_FILE, Checkpoint};
use crate::record::run::result::RunResult;
use crate::record::run::result_file::RESULT_FILE;
use std::path::Path;

/// Refuses to train a run if a link leads to a record of different settings in its place: the record cannot
/// be archived by a rename, and would be overwritten. Also refuses broken links, such as to a disk that is
/// not mounted.
///
/// # Errors
/// The first such link.
pub fn refuse_linked_records(
    store: &Store,
    plan: &Plan,
    runs: &[RunId],
) -> Result<(), RecordError> {
    for &run in runs {
        let folder = store.run_folder(plan, run);
        let trial = store.trial_folder(plan, run.trial);
        let paths = [
            trial,
            folder.clone(),
            folder.join(RESULT_FILE),
            folder.join(CHECKPOINT_FILE),
        ];
        let Some(link) = paths.into_iter().find(|path| path.is_symlink()) else {
            continue;
        };
        if !link.exists() {
            let reason = "broken link; remove it, or mount its target";
            return Err(failed_to("open", &link)(std::io::Error::other(reason)));
        }
        let result = RunResult::read_any(&folder).map(|result| result.run_hash);
        let checkpoint = || Checkpoint::read_any(&folder).map(|saved| saved.run_hash);
        let run_hash = result.or_else(checkpoint);
        if run_hash.is_some_and(|run_hash| run_hash != *store.run_hash(run)) {
            let target = link.read_link().unwrap_or_default();
            let reason = format!(
                "it links to {}, where training would overwrite results with different settings; \
                 replace the link with its target, remove the link, or rename the sweep",
                target.display()
            );
            return Err(failed_to("archive the results in", &link)(
                std::io::Error::other(reason),
            ));
        }
    }
    Ok(())
}

/// Refuses to archive results if the archive is not a folder.
///
/// # Errors
/// A link or a file has the name of the archive.
pub(crate) fn refuse_linked_archive(folder: &Path) -> Result<(), RecordError> {
    let archive = folder.join(ARCHIVE_FOLDER);
    if archive.symlink_metadata().is_err() || is_folder(&archive) {
        return Ok(());
    }
    let reason = "expected a folder, found a link or a file; remove it, or replace the link with \
                  its target folder (results are archived by renames, which cannot follow links)";
    Err(failed_to("archive results in", &archive)(
        std::io::Error::other(reason),
    ))
}

/// The names of the links in the folder of a sweep that lead to folders. Results behind them are not
/// searched for.
pub fn links_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let links = entries.filter(|entry| entry.path().is_symlink() && entry.path().is_dir());
    let mut names: Vec<String> = links
        .filter_map(|link| link.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.') || name == ARCHIVE_FOLDER)
        .collect();
    names.sort_unstable();
    names
}

/// Those of [`links_in`] that do not have the name of a trial of the sweep.
pub fn unexpected_links(store: &Store, plan: &Plan) -> Vec<String> {
    let mut names = links_in(store.folder());
    names.retain(|name| plan.trials.iter().all(|trial| trial.name != *name));
    names
}
