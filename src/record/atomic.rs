//! Files that appear whole or not at all.

use super::error::{RecordError, on};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Writes `contents` to `path`, whatever it was before: after a crash the file is the old one or
/// the new one, never a part.
///
/// # Errors
/// Folders that cannot be written to, a full disk.
pub fn write_atomically(path: &Path, contents: &[u8]) -> Result<(), RecordError> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let folder = parent.unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".")
        .suffix(".part")
        .tempfile_in(folder)
        .map_err(on("write into", folder))?;
    // Through the file itself: the wrapper's errors carry the temporary name.
    file.as_file_mut()
        .write_all(contents)
        .map_err(on("write", path))?;
    file.as_file().sync_all().map_err(on("write", path))?;
    share(file.path()).map_err(on("write", path))?;
    file.persist(path)
        .map_err(|error| on("write", path)(error.error))?;
    sync_folder(folder)
}

/// Makes sure that `folder` is there and can be written to.
///
/// # Errors
/// It cannot: better known before hours of work than after.
pub fn prepare(folder: &Path) -> Result<(), RecordError> {
    std::fs::create_dir_all(folder).map_err(on("create the folder", folder))?;
    tempfile::tempfile_in(folder)
        .map(drop)
        .map_err(on("write into", folder))
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
