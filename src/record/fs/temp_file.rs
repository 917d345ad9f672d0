//! Temporary files and folders: their names, and how abandoned ones are recognised.
//!
//! A name is `.<machine>-<process>-<random letters>.part`, so no two processes write the same file. Its
//! writer holds a lock on the file: a temporary file of this machine without a lock is abandoned. Files
//! of other machines are never judged, since only their own machine knows whether their process runs.

use super::folder::remove_file;
use super::host::host_label;
use crate::record::error::{RecordError, failed_to};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The end of the names of temporary files and folders.
const TEMP_SUFFIX: &str = ".part";

/// The path in `parent` of a temporary folder of this process for one purpose.
pub(crate) fn temp_path(parent: &Path, purpose: &str) -> PathBuf {
    let process = std::process::id();
    parent.join(format!(
        ".{}-{process}-{purpose}{TEMP_SUFFIX}",
        host_label()
    ))
}

/// Creates a temporary file, and locks it until it is dropped or persisted.
pub(super) fn temp_file_in(folder: &Path) -> std::io::Result<NamedTempFile> {
    let prefix = format!(".{}-{}-", host_label(), std::process::id());
    loop {
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(TEMP_SUFFIX);
        allow_reading(&mut builder);
        let temp = builder.tempfile_in(folder)?;
        // On a file system without locks, no process can lock the file either, so none removes it.
        let _ = temp.as_file().lock();
        // Another process may have removed it as abandoned before it was locked.
        if temp.path().exists() {
            return Ok(temp);
        }
    }
}

/// Whether this is the name of a temporary file or folder.
pub(crate) fn is_temp(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(TEMP_SUFFIX)
}

/// Whether this is a temporary file of this machine whose process has ended.
pub(crate) fn is_abandoned_temp(path: &Path) -> bool {
    is_local_temp(path) && is_unlocked(path)
}

/// Whether this is a temporary file that a process of this machine is still writing.
pub(crate) fn is_held_temp(path: &Path) -> bool {
    is_local_temp(path) && !is_unlocked(path)
}

/// Whether a process of this machine created this temporary file.
fn is_local_temp(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(TEMP_SUFFIX));
    // Random letters, process, machine; earlier versions wrote only the letters.
    let machine = stem.and_then(|stem| stem.rsplitn(3, '-').nth(2));
    stem.is_some() && machine.is_none_or(|name| name == host_label())
}

/// Whether no process of this machine holds a lock on the file.
pub(crate) fn is_unlocked(path: &Path) -> bool {
    // NFS refuses a lock on a file that is open for reading only.
    let file = File::options().read(true).write(true).open(path);
    file.is_ok_and(|file| file.try_lock().is_ok())
}

/// Removes the abandoned temporary files in `folder`, if the folder exists.
///
/// # Errors
/// The folder cannot be read, or a file cannot be removed.
pub fn remove_temp_files(folder: &Path) -> Result<(), RecordError> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(failed_to("read the folder", folder))?,
    };
    for entry in entries {
        let entry = entry.map_err(failed_to("read the folder", folder))?;
        if is_abandoned_temp(&entry.path()) {
            remove_file(&entry.path())?;
        }
    }
    Ok(())
}

/// Creates `folder` if it does not exist, checks that it is writable, and removes the abandoned
/// temporary files in it.
///
/// # Errors
/// The folder cannot be created or is not writable. Calling this first reports the error before hours
/// of training rather than after.
pub fn prepare_folder(folder: &Path) -> Result<(), RecordError> {
    std::fs::create_dir_all(folder).map_err(failed_to("create the folder", folder))?;
    tempfile::tempfile_in(folder)
        .map(drop)
        .map_err(failed_to("write into", folder))?;
    remove_temp_files(folder)
}

/// Gives the file the permissions that the umask allows: by default, temporary files are private.
#[cfg(unix)]
fn allow_reading(builder: &mut tempfile::Builder) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn allow_reading(_builder: &mut tempfile::Builder) {}

#[cfg(test)]
mod tests {
    use super::super::atomic::write_atomically;
    use super::*;

    #[test]
    fn only_abandoned_temporary_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let abandoned = folder.path().join(".abandoned.part");
        std::fs::write(&abandoned, "a half").unwrap();
        write_atomically(&folder.path().join("whole"), b"whole").unwrap();
        let held = temp_file_in(folder.path()).unwrap();
        let local = folder.path().join(format!(".{}-1-aBc.part", host_label()));
        let remote = folder.path().join(".another-machine-1-aBc.part");
        for temp in [&local, &remote] {
            std::fs::write(temp, "a half").unwrap();
        }
        remove_temp_files(folder.path()).unwrap();
        assert!(!abandoned.exists() && !local.exists());
        assert!(held.path().exists() && remote.exists());
        assert!(folder.path().join("whole").exists());
    }
}
