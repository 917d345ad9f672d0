//! Folders with a single event file, which appears complete or not at all.

use super::event_file::EventFile;
use crate::record::error::{RecordError, failed_to};
use crate::record::fs::folder::remove_folder;
use std::path::Path;

/// Clears `folder`, and writes an event file with the events that `fill` adds into it.
///
/// # Errors
/// The folder is not writable, or the disk is full.
pub(crate) fn write_event_dir(
    folder: &Path,
    wall_time: f64,
    fill: impl FnOnce(&mut EventFile) -> Result<(), RecordError>,
) -> Result<(), RecordError> {
    remove_folder(folder)?;
    std::fs::create_dir_all(folder).map_err(failed_to("create the folder", folder))?;
    // TensorBoard ignores this name.
    let temp_path = folder.join("events.part");
    let mut events = EventFile::create_at(&temp_path, wall_time)?;
    fill(&mut events)?;
    // Before the rename, so that a file with the final name is always complete.
    events.sync_position()?;
    drop(events);
    let path = EventFile::path_in(folder, wall_time);
    std::fs::rename(&temp_path, &path).map_err(failed_to("write", &path))
}

/// Whether `folder` contains an event file.
pub(crate) fn has_event_file(folder: &Path) -> bool {
    let is_event_file = |name: std::ffi::OsString| name.to_string_lossy().contains("tfevents");
    std::fs::read_dir(folder)
        .is_ok_and(|entries| entries.flatten().any(|e| is_event_file(e.file_name())))
}
