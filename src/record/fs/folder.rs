//! Files and folders: listing, size and removal.

use crate::record::error::{RecordError, failed_to};
use std::fs::{DirEntry, FileType};
use std::io::ErrorKind;
use std::path::Path;

/// Whether `path` is a folder, and not a link to one.
pub(crate) fn is_folder(path: &Path) -> bool {
    path.symlink_metadata()
        .is_ok_and(|metadata| metadata.is_dir())
}

/// Whether `path` is a regular file, and not a link to one.
pub(crate) fn is_file(path: &Path) -> bool {
    path.symlink_metadata()
        .is_ok_and(|metadata| metadata.is_file())
}

/// The names of all entries of `folder`, in no particular order.
///
/// Names that are not UTF-8 are omitted, here and in the other listings: tp-sweep writes none.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn entry_names(folder: &Path) -> Result<Vec<String>, RecordError> {
    names_where(folder, |_| true)
}

/// The names of the regular files in `folder`, without links, in no particular order.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn file_names(folder: &Path) -> Result<Vec<String>, RecordError> {
    names_where(folder, |entry| has_type(entry, FileType::is_file))
}

/// The names of the subfolders of `folder`, without links, sorted; empty if `folder` does not exist.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn subfolder_names(folder: &Path) -> Result<Vec<String>, RecordError> {
    let mut names = match names_where(folder, |entry| has_type(entry, FileType::is_dir)) {
        Err(error) if error.source.kind() == ErrorKind::NotFound => Vec::new(),
        names => names?,
    };
    names.sort_unstable();
    Ok(names)
}

fn has_type(entry: &DirEntry, is_type: fn(&FileType) -> bool) -> bool {
    entry.file_type().is_ok_and(|file_type| is_type(&file_type))
}

fn names_where(
    folder: &Path,
    is_wanted: impl Fn(&DirEntry) -> bool,
) -> Result<Vec<String>, RecordError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed_to("read the folder", folder))? {
        let entry = entry.map_err(failed_to("read the folder", folder))?;
        if is_wanted(&entry) {
            names.extend(entry.file_name().into_string());
        }
    }
    Ok(names)
}

/// The bytes of a file, or of all files below a folder. Links are not followed.
pub(crate) fn size_on_disk(path: &Path) -> u64 {
    let Ok(metadata) = path.symlink_metadata() else {
        return 0;
    };
    if !metadata.is_dir() {
        return metadata.len();
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size_on_disk(&entry.path())).sum()
}

/// Removes a file, if it exists.
///
/// # Errors
/// The file cannot be removed.
pub fn remove_file(path: &Path) -> Result<(), RecordError> {
    match std::fs::remove_file(path) {
        Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Err(failed_to("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// Removes a folder and its contents, if it exists.
///
/// # Errors
/// The folder cannot be removed.
pub(crate) fn remove_folder(folder: &Path) -> Result<(), RecordError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(failed_to("clear the folder", folder)(error))
        }
        _ => Ok(()),
    }
}

/// Renames a file or folder, and returns whether it existed: another process may have moved it.
///
/// # Errors
/// The file or folder cannot be moved.
pub(crate) fn rename_if_present(from: &Path, to: &Path) -> Result<bool, RecordError> {
    match std::fs::rename(from, to) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed_to("move", from)(error)),
    }
}
