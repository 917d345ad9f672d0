//! Files that appear whole or not at all.

use super::error::{RecordError, on};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Writes `contents` to `path`, whatever it was before: after a crash the file is the old one or
/// the new one, never a part.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
pub fn write_atomically(path: &Path, contents: &[u8]) -> Result<(), RecordError> {
    replace(path, contents)?;
    sync_folder(folder_of(path))
}

/// Writes as [`write_atomically`] does, but for the last step, which makes a rename outlive a crash
/// of the machine: for files in a run's folder, since the run's result is written there after them
/// and takes that step for all.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
pub(super) fn write_before_result(path: &Path, contents: &[u8]) -> Result<(), RecordError> {
    replace(path, contents)
}

/// Puts a file with these contents in the place of `path`, and leaves it open to be written on. It
/// need not outlive a crash of the machine.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
pub(super) fn write_open(path: &Path, contents: &[u8]) -> Result<File, RecordError> {
    persisted(path, contents, false)
}

/// Puts a file with these contents, which are on the disk by then, in the place of `path`.
fn replace(path: &Path, contents: &[u8]) -> Result<(), RecordError> {
    persisted(path, contents, true).map(drop)
}

fn persisted(path: &Path, contents: &[u8], synced: bool) -> Result<File, RecordError> {
    let folder = folder_of(path);
    let mut file = part_in(folder).map_err(on("write into", folder))?;
    // Through the file itself: the wrapper's errors carry the temporary name.
    file.as_file_mut()
        .write_all(contents)
        .map_err(on("write", path))?;
    if synced {
        file.as_file().sync_all().map_err(on("write", path))?;
    }
    share(file.path()).map_err(on("write", path))?;
    let file = file
        .persist(path)
        .map_err(|error| on("write", path)(error.error))?;
    let _ = file.unlock();
    Ok(file)
}

/// What the names of files that are not whole yet end with; they begin with a dot.
const PART: &str = ".part";

/// A file to write into, which is held by a lock for as long as it is not whole.
fn part_in(folder: &Path) -> std::io::Result<NamedTempFile> {
    loop {
        let mut builder = tempfile::Builder::new();
        let part = builder.prefix(".").suffix(PART).tempfile_in(folder)?;
        // On a file system without locks nobody can take one either, and so nobody removes it.
        let _ = part.as_file().lock();
        // Another process may have taken it for abandoned before it was locked.
        if part.path().exists() {
            return Ok(part);
        }
    }
}

/// Removes what processes that ended too early have left in `folder` of files that they were
/// writing.
///
/// # Errors
/// A folder that cannot be read, a file that cannot be removed.
pub(super) fn remove_parts(folder: &Path) -> Result<(), RecordError> {
    for entry in std::fs::read_dir(folder).map_err(on("read the folder", folder))? {
        let entry = entry.map_err(on("read the folder", folder))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_part = name.starts_with('.') && name.ends_with(PART);
        // A process that still writes it holds its lock.
        if is_part && File::open(entry.path()).is_ok_and(|part| part.try_lock().is_ok()) {
            remove_file(&entry.path())?;
        }
    }
    Ok(())
}

/// The folder that a file stands in.
fn folder_of(path: &Path) -> &Path {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// Removes a file, if it is there.
///
/// # Errors
/// A file that cannot be removed.
pub fn remove_file(path: &Path) -> Result<(), RecordError> {
    match std::fs::remove_file(path) {
        Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Err(on("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// Makes sure that `folder` is there and can be written to, and removes the parts that a process
/// which is no more left there.
///
/// # Errors
/// It cannot: better known before hours of work than after.
pub fn prepare(folder: &Path) -> Result<(), RecordError> {
    std::fs::create_dir_all(folder).map_err(on("create the folder", folder))?;
    tempfile::tempfile_in(folder)
        .map(drop)
        .map_err(on("write into", folder))?;
    remove_parts(folder)
}

/// Temporary files are private to their owner; results are for all who can read the folder they
/// stand in.
#[cfg(unix)]
fn share(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn share(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Makes a rename within `folder` outlive a crash of the machine.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<(), RecordError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(on("write into", folder))
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> Result<(), RecordError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_abandoned_parts_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let abandoned = folder.path().join(".abandoned.part");
        std::fs::write(&abandoned, "a half").unwrap();
        write_atomically(&folder.path().join("whole"), b"whole").unwrap();
        let held = part_in(folder.path()).unwrap();
        remove_parts(folder.path()).unwrap();
        assert!(!abandoned.exists());
        assert!(held.path().exists());
        assert!(folder.path().join("whole").exists());
    }
}
