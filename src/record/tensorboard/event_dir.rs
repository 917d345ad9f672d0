//! Event files that appear whole or not at all, each in a folder of its own beside the folds.

use super::event_file::EventFile;
use crate::record::error::{RecordError, on};
use std::path::Path;

/// Writes an event file into `folder`, which is emptied first.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
pub(crate) fn write_event_dir(
    folder: &Path,
    wall_time: f64,
    fill: impl FnOnce(&mut EventFile) -> Result<(), RecordError>,
) -> Result<(), RecordError> {
    remove(folder)?;
    std::fs::create_dir_all(folder).map_err(on("create the folder", folder))?;
    // Under a name that TensorBoard does not look at, until it is whole.
    let part = folder.join("events.part");
    let mut events = EventFile::create_at(&part, wall_time)?;
    fill(&mut events)?;
    // On the disk before the name is: nobody looks into the file again to see whether it is whole.
    events.mark()?;
    drop(events);
    let whole = EventFile::path_in(folder, wall_time);
    std::fs::rename(&part, &whole).map_err(on("write", &whole))
}

/// Whether `folder` has an event file.
pub(crate) fn is_there(folder: &Path) -> bool {
    let is_event_file = |name: std::ffi::OsString| name.to_string_lossy().contains("tfevents");
    std::fs::read_dir(folder)
        .is_ok_and(|entries| entries.flatten().any(|e| is_event_file(e.file_name())))
}

/// Removes the folder, if it is there.
///
/// # Errors
/// A folder that cannot be removed.
pub(crate) fn remove(folder: &Path) -> Result<(), RecordError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(on("clear the folder", folder)(error))
        }
        _ => Ok(()),
    }
}

/// The bytes of a file, or of all files below a folder; links count as what they are.
pub(crate) fn bytes_below(path: &Path) -> u64 {
    let Ok(about) = path.symlink_metadata() else {
        return 0;
    };
    if !about.is_dir() {
        return about.len();
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| bytes_below(&entry.path())).sum()
}
