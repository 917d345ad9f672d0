//! Hides the event files of archived runs from TensorBoard.

use crate::record::error::RecordError;
use crate::record::fs::folder::{entry_names, is_folder, rename_if_present, subfolder_names};
use std::path::Path;

/// TensorBoard shows every file with this in its name, in any folder.
const VISIBLE: &str = "tfevents";

/// Replaces [`VISIBLE`] in the names of event files while they are archived.
const HIDDEN: &str = "set-aside";

/// Hides the event files of all runs in the archive.
///
/// # Errors
/// A folder cannot be read, or a file cannot be renamed.
pub(super) fn hide_all_events(archive: &Path) -> Result<(), RecordError> {
    // Not through a link: its target is not ours.
    if !is_folder(archive) {
        return Ok(());
    }
    for name in subfolder_names(archive)? {
        rename_events(&archive.join(name), VISIBLE, HIDDEN)?;
    }
    Ok(())
}

/// Makes the event files of a run visible again.
///
/// # Errors
/// The folder cannot be read, or a file cannot be renamed.
pub(super) fn show_events(run_folder: &Path) -> Result<(), RecordError> {
    rename_events(run_folder, HIDDEN, VISIBLE)
}

fn rename_events(folder: &Path, from: &str, to: &str) -> Result<(), RecordError> {
    for name in entry_names(folder)? {
        if name.contains(from) {
            let renamed = folder.join(name.replacen(from, to, 1));
            rename_if_present(&folder.join(&name), &renamed)?;
        }
    }
    Ok(())
}
