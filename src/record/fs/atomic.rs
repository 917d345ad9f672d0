//! Atomic writes: a file appears complete or not at all.

use super::temp_file::temp_file_in;
use crate::record::error::{RecordError, failed_to};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Writes `contents` to `path` and replaces any old file. After a crash, the file is the old one or the
/// new one, never a part.
///
/// # Errors
/// The folder is not writable, or the disk is full.
pub fn write_atomically(path: &Path, contents: &[u8]) -> Result<(), RecordError> {
    replace(path, contents)?;
    sync_folder(parent_of(path))
}

/// Like [`write_atomically`], but leaves an existing file unchanged. Returns whether it wrote the file:
/// if several processes on several machines try, exactly one does.
///
/// # Errors
/// The folder is not writable, or the disk is full.
pub(crate) fn write_new(path: &Path, contents: &[u8]) -> Result<bool, RecordError> {
    let temp = write_temp(path, contents, true)?;
    match temp.persist_noclobber(path) {
        Ok(_) => sync_folder(parent_of(path)).map(|()| true),
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        // Without hard links, the check and the rename are two separate steps.
        Err(refused) if has_no_hard_links(&refused.error) && !path.exists() => {
            let renamed = refused.file.persist(path);
            renamed.map_err(|refused| failed_to("write", path)(refused.error))?;
            sync_folder(parent_of(path)).map(|()| true)
        }
        Err(refused) if has_no_hard_links(&refused.error) => Ok(false),
        Err(refused) => Err(failed_to("write", path)(refused.error)),
    }
}

/// Whether the error means that the file system has no hard links.
fn has_no_hard_links(error: &std::io::Error) -> bool {
    /// EPERM, and ENOTSUP of Linux.
    const NO_HARD_LINKS: [i32; 2] = [1, 95];
    let is_unsupported = error.kind() == ErrorKind::Unsupported;
    is_unsupported
        || cfg!(unix)
            && error
                .raw_os_error()
                .is_some_and(|code| NO_HARD_LINKS.contains(&code))
}

/// Like [`write_atomically`], but does not sync the folder. For files of a run that are written before
/// its result: writing the result syncs the folder for all of them.
///
/// # Errors
/// The folder is not writable, or the disk is full.
pub(crate) fn write_before_result(path: &Path, contents: &[u8]) -> Result<(), RecordError> {
    replace(path, contents)
}

/// Replaces `path` by a file with these contents and returns it open, so that more can be appended. The
/// file may be lost in a crash of the machine.
///
/// # Errors
/// The folder is not writable, or the disk is full.
pub(crate) fn write_open(path: &Path, contents: &[u8]) -> Result<File, RecordError> {
    write_and_rename(path, contents, false)
}

/// Replaces `path` by a file with these contents, synced to disk before the rename.
fn replace(path: &Path, contents: &[u8]) -> Result<(), RecordError> {
    write_and_rename(path, contents, true).map(drop)
}

fn write_and_rename(path: &Path, contents: &[u8], synced: bool) -> Result<File, RecordError> {
    let temp = write_temp(path, contents, synced)?;
    let file = temp
        .persist(path)
        .map_err(|error| failed_to("write", path)(error.error))?;
    let _ = file.unlock();
    Ok(file)
}

/// Writes a temporary file with these contents next to `path`.
fn write_temp(path: &Path, contents: &[u8], synced: bool) -> Result<NamedTempFile, RecordError> {
    let folder = parent_of(path);
    let mut temp = temp_file_in(folder).map_err(failed_to("write into", folder))?;
    // Through the file itself: errors of the wrapper carry the temporary name.
    temp.as_file_mut()
        .write_all(contents)
        .map_err(failed_to("write", path))?;
    if synced {
        temp.as_file()
            .sync_all()
            .map_err(failed_to("write", path))?;
    }
    Ok(temp)
}

/// The folder that contains `path`.
fn parent_of(path: &Path) -> &Path {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// Syncs the entries of `folder`, so that a rename in it survives a crash of the machine.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<(), RecordError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed_to("write into", folder))
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> Result<(), RecordError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_that_write_a_new_file_one_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        let write = |number: u8| write_new(&path, &[number; 1000]).unwrap();
        let wrote: Vec<bool> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..8)
                .map(|number| scope.spawn(move || write(number)))
                .collect();
            writers
                .into_iter()
                .map(|writer| writer.join().unwrap())
                .collect()
        });
        let winners: Vec<usize> = (0..8).filter(|&number| wrote[number]).collect();
        assert_eq!(winners.len(), 1);
        assert_eq!(std::fs::read(&path).unwrap(), [winners[0] as u8; 1000]);
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "no part is left"
        );
    }
}
