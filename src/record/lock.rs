//! One process at a time on one sweep's folder.

use super::error::{RecordError, on};
use std::fs::{File, TryLockError};
use std::path::Path;

/// A held lock; it ends with the process, however that ends.
#[derive(Debug)]
pub struct SweepLock {
    _file: File,
}

/// Takes the lock of a sweep's folder; nothing where another process holds it.
///
/// The operating system holds the lock for the open file, so a dead process holds none. It is a
/// promise for one machine: over a network it may not hold.
///
/// # Errors
/// A folder that cannot be written to.
pub fn lock(folder: &Path) -> Result<Option<SweepLock>, RecordError> {
    std::fs::create_dir_all(folder).map_err(on("create the folder", folder))?;
    let path = folder.join(".lock");
    let file = File::create(&path).map_err(on("create", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(SweepLock { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(on("lock", &path)(error)),
    }
}
