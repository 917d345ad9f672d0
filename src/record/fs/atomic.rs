//! Files that appear whole or not at all.

use super::host::host_label;
use crate::record::error::{RecordError, on};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
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

/// Writes as [`write_atomically`] does where nothing is at `path`, and leaves what is there; whether
/// it wrote. Of several processes on several machines one writes.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
pub(crate) fn write_new(path: &Path, contents: &[u8]) -> Result<bool, RecordError> {
    let part = written(path, contents, true)?;
    match part.persist_noclobber(path) {
        Ok(_) => sync_folder(folder_of(path)).map(|()| true),
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        // A file system that can do so only one step after the other.
        Err(refused) if cannot_link(&refused.error) && !path.exists() => {
            let renamed = refused.file.persist(path);
            renamed.map_err(|refused| on("write", path)(refused.error))?;
            sync_folder(folder_of(path)).map(|()| true)
        }
        Err(refused) if cannot_link(&refused.error) => Ok(false),
        Err(refused) => Err(on("write", path)(refused.error)),
    }
}

/// Whether an error says that the file system has no hard links.
fn cannot_link(error: &std::io::Error) -> bool {
    /// EPERM, and ENOTSUP of Linux.
    const WITHOUT_LINKS: [i32; 2] = [1, 95];
    let is_unsupported = error.kind() == ErrorKind::Unsupported;
    is_unsupported
        || cfg!(unix)
            && error
                .raw_os_error()
                .is_some_and(|e| WITHOUT_LINKS.contains(&e))
}

/// Writes as [`write_atomically`] does, but for the last step, which makes a rename outlive a crash
/// of the machine: for files in a run's folder, since the run's result is written there after them
/// and takes that step for all.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
pub(crate) fn write_before_result(path: &Path, contents: &[u8]) -> Result<(), RecordError> {
    replace(path, contents)
}

/// Puts a file with these contents in the place of `path`, and leaves it open to be written on. It
/// need not outlive a crash of the machine.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
pub(crate) fn write_open(path: &Path, contents: &[u8]) -> Result<File, RecordError> {
    persisted(path, contents, false)
}

/// Puts a file with these contents, which are on the disk by then, in the place of `path`.
fn replace(path: &Path, contents: &[u8]) -> Result<(), RecordError> {
    persisted(path, contents, true).map(drop)
}

fn persisted(path: &Path, contents: &[u8], synced: bool) -> Result<File, RecordError> {
    let file = written(path, contents, synced)?;
    let file = file
        .persist(path)
        .map_err(|error| on("write", path)(error.error))?;
    let _ = file.unlock();
    Ok(file)
}

/// A file with these contents in the folder of `path`, under a name of its own.
fn written(path: &Path, contents: &[u8], synced: bool) -> Result<NamedTempFile, RecordError> {
    let folder = folder_of(path);
    let mut file = part_in(folder).map_err(on("write into", folder))?;
    // Through the file itself: the wrapper's errors carry the temporary name.
    file.as_file_mut()
        .write_all(contents)
        .map_err(on("write", path))?;
    if synced {
        file.as_file().sync_all().map_err(on("write", path))?;
    }
    Ok(file)
}

/// What the names of files that are not whole yet end with; they begin with a dot, and between them
/// stand machine, process and random letters: no two processes ever write one.
const PART: &str = ".part";

/// What stands in the folder `above` while it is not whole, of this process and for this use.
pub(crate) fn part(above: &Path, usage: &str) -> PathBuf {
    let process = std::process::id();
    above.join(format!(".{}-{process}-{usage}{PART}", host_label()))
}

/// A file to write into, which is held by a lock for as long as it is not whole.
fn part_in(folder: &Path) -> std::io::Result<NamedTempFile> {
    let prefix = format!(".{}-{}-", host_label(), std::process::id());
    loop {
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(PART);
        share(&mut builder);
        let part = builder.tempfile_in(folder)?;
        // On a file system without locks nobody can take one either, and so nobody removes it.
        let _ = part.as_file().lock();
        // Another process may have taken it for abandoned before it was locked.
        if part.path().exists() {
            return Ok(part);
        }
    }
}

/// Whether a file is one that is not whole yet, by its name.
pub(crate) fn is_part(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(PART)
}

/// Whether the process that wrote this file, which is not whole, is no more: known only of processes
/// of this machine.
pub(crate) fn is_abandoned_part(path: &Path) -> bool {
    is_part_of_here(path) && is_free(path)
}

/// Whether a process of this machine still writes this file, which is not whole.
pub(crate) fn is_held_part(path: &Path) -> bool {
    is_part_of_here(path) && !is_free(path)
}

/// Whether a file that is not whole is of a process of this machine.
fn is_part_of_here(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let about = name.strip_prefix('.').and_then(|n| n.strip_suffix(PART));
    // Random letters, process, machine; earlier versions wrote the letters alone.
    let machine = about.and_then(|about| about.rsplitn(3, '-').nth(2));
    about.is_some() && machine.is_none_or(|name| name == host_label())
}

/// Whether no process of this machine holds the lock of a file.
pub(crate) fn is_free(path: &Path) -> bool {
    // To be written, too: NFS gives no lock on a file that is open to be read alone.
    let file = File::options().read(true).write(true).open(path);
    file.is_ok_and(|file| file.try_lock().is_ok())
}

/// Removes what processes of this machine that ended too early have left in `folder` of files that
/// they were writing, if it is there.
///
/// # Errors
/// A folder that cannot be read, a file that cannot be removed.
pub fn remove_temp_files(folder: &Path) -> Result<(), RecordError> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(on("read the folder", folder))?,
    };
    for entry in entries {
        let entry = entry.map_err(on("read the folder", folder))?;
        if is_abandoned_part(&entry.path()) {
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
    remove_temp_files(folder)
}

/// Temporary files are private to their owner; results are for everyone the umask lets read them.
#[cfg(unix)]
fn share(builder: &mut tempfile::Builder) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn share(_builder: &mut tempfile::Builder) {}

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
        let own = folder.path().join(format!(".{}-1-aBc.part", host_label()));
        let elsewhere = folder.path().join(".another-machine-1-aBc.part");
        for part in [&own, &elsewhere] {
            std::fs::write(part, "a half").unwrap();
        }
        remove_temp_files(folder.path()).unwrap();
        assert!(!abandoned.exists() && !own.exists());
        assert!(held.path().exists() && elsewhere.exists());
        assert!(folder.path().join("whole").exists());
    }

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
