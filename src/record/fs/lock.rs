//! Locks on the folder of a sweep.

use super::host::host_name;
use super::time::format_utc;
use crate::record::error::{RecordError, failed_to};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The lock file in the folder of a sweep.
const FILE: &str = ".lock";

/// The file that is locked while results are moved.
const RECONCILE_FILE: &str = ".moves.lock";

/// The result of trying to lock the folder of a sweep.
#[derive(Debug)]
pub enum Lock {
    /// This process holds the lock now.
    Acquired(SweepLock),
    /// Another process holds the lock.
    Held(LockHolder),
}

/// A held lock. It ends with the process, even if the process is killed.
#[derive(Debug)]
pub struct SweepLock {
    _file: File,
    /// The error, if the file system has no locks: then the lock excludes no other process.
    pub unenforced: Option<std::io::Error>,
}

/// The process that holds a lock, as it described itself in the lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockHolder(String);

impl std::fmt::Display for LockHolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            f.write_str("another process")
        } else {
            f.write_str(&self.0)
        }
    }
}

impl LockHolder {
    fn current() -> Self {
        let (process, host) = (std::process::id(), host_name());
        Self(format!(
            "process {process} on {host} since {}",
            format_utc(std::time::SystemTime::now())
        ))
    }

    /// Reads the description in the lock file.
    fn read(mut file: &File) -> Self {
        /// Far more than a description takes.
        const MAX_DESCRIPTION_BYTES: u64 = 1000;
        let mut text = String::new();
        let read = Read::by_ref(&mut file)
            .take(MAX_DESCRIPTION_BYTES)
            .read_to_string(&mut text);
        let line = text.lines().next().filter(|_| read.is_ok());
        let is_printable = |line: &&str| !line.chars().any(char::is_control);
        Self(line.filter(is_printable).unwrap_or_default().to_owned())
    }
}

/// Locks the folder of a sweep for this process alone, or reports who holds the lock.
///
/// The operating system binds the lock to the open file, so a dead process holds none. The lock is
/// reliable on one machine; on a network file system it may not be. If the file system has no locks, the
/// call succeeds: two processes on one sweep waste time, but each result appears complete, and both
/// compute the same.
///
/// # Errors
/// The folder is not writable.
pub fn lock(folder: &Path) -> Result<Lock, RecordError> {
    /// A process that only tests the lock holds it for a moment.
    const MAX_ATTEMPTS: u32 = 5;
    acquire(folder, MAX_ATTEMPTS, File::try_lock)
}

/// Locks the folder of a sweep for one of several processes that share it, each with a different shard.
/// A process that holds the lock alone excludes all of them.
///
/// # Errors
/// The folder is not writable.
pub fn lock_shared(folder: &Path) -> Result<Lock, RecordError> {
    /// 30 s: enough for a report over a slow network to end.
    const MAX_ATTEMPTS: u32 = 30 * ATTEMPTS_PER_SECOND;
    acquire(folder, MAX_ATTEMPTS, File::try_lock_shared)
}

/// Waits until no other process of this machine moves results in the folder of a sweep, and prevents
/// it until the returned file is dropped. Excludes no process if the file system has no locks.
///
/// # Errors
/// The folder is not writable.
pub fn lock_reconcile(folder: &Path) -> Result<File, RecordError> {
    let (path, file) = open_lock_file(folder, RECONCILE_FILE)?;
    match file.lock() {
        Err(error) if !has_no_locks(&error) => Err(failed_to("lock", &path)(error)),
        _ => Ok(file),
    }
}

/// Locks are tried this often.
const ATTEMPTS_PER_SECOND: u32 = 50;

fn acquire(
    folder: &Path,
    max_attempts: u32,
    try_lock: impl Fn(&File) -> Result<(), TryLockError>,
) -> Result<Lock, RecordError> {
    let (path, file) = open_lock_file(folder, FILE)?;
    let mut attempts = 1;
    let unenforced = loop {
        match try_lock(&file) {
            Ok(()) => break None,
            Err(TryLockError::WouldBlock) if attempts == max_attempts => {
                return Ok(Lock::Held(LockHolder::read(&file)));
            }
            Err(TryLockError::WouldBlock) => {
                std::thread::sleep(Duration::from_secs(1) / ATTEMPTS_PER_SECOND);
            }
            Err(TryLockError::Error(error)) if has_no_locks(&error) => break Some(error),
            Err(TryLockError::Error(error)) => return Err(failed_to("lock", &path)(error)),
        }
        attempts += 1;
    };
    let write_holder = |mut file: &File| -> std::io::Result<()> {
        file.set_len(0)?;
        writeln!(file, "{}", LockHolder::current())
    };
    write_holder(&file).map_err(failed_to("write", &path))?;
    let _file = file;
    Ok(Lock::Acquired(SweepLock { _file, unenforced }))
}

/// Opens a file in the folder of a sweep for locking.
fn open_lock_file(folder: &Path, name: &str) -> Result<(PathBuf, File), RecordError> {
    std::fs::create_dir_all(folder).map_err(failed_to("create the folder", folder))?;
    let path = folder.join(name);
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        // Keeps the description that its holder wrote.
        .truncate(false)
        .open(&path)
        .map_err(failed_to("create", &path))?;
    Ok((path, file))
}

/// The process that is at work in the folder of a sweep; if several share it, the one that started
/// last. `None` if there is none, or if it cannot be determined.
pub fn active_holder(folder: &Path) -> Option<LockHolder> {
    let path = folder.join(FILE);
    // On NFS, only a file that is open for writing can be locked exclusively.
    let writable = OpenOptions::new().read(true).write(true).open(&path);
    let file = writable.or_else(|_| File::open(&path)).ok()?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Some(LockHolder::read(&file)),
        _ => None,
    }
}

/// Whether the error means that the file system has no locks.
fn has_no_locks(error: &std::io::Error) -> bool {
    /// ENOLCK, "no locks available": the error of NFS without its lock daemon.
    const NO_LOCKS: i32 = if cfg!(target_os = "linux") { 37 } else { 77 };
    let is_unsupported = error.kind() == std::io::ErrorKind::Unsupported;
    is_unsupported || cfg!(unix) && error.raw_os_error() == Some(NO_LOCKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_names_its_holder_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(active_holder(folder.path()), None);
        let acquired = lock(folder.path()).unwrap();
        assert!(matches!(&acquired, Lock::Acquired(lock) if lock.unenforced.is_none()));
        let Lock::Held(holder) = lock(folder.path()).unwrap() else {
            panic!("two processes hold the lock");
        };
        let description = holder.to_string();
        let process = format!("process {} on ", std::process::id());
        assert!(
            description.starts_with(&process) && description.ends_with(" UTC"),
            "{description}"
        );
        assert_eq!(active_holder(folder.path()), Some(holder));
        drop(acquired);
        assert_eq!(active_holder(folder.path()), None);
        assert!(matches!(lock(folder.path()).unwrap(), Lock::Acquired(_)));
    }

    #[test]
    fn a_lock_of_an_older_version_is_another_process() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::create(folder.path().join(FILE)).unwrap();
        file.lock().unwrap();
        assert_eq!(
            active_holder(folder.path()).unwrap().to_string(),
            "another process"
        );
    }

    #[test]
    fn file_systems_without_locks_are_recognised_by_their_errors() {
        let error = std::io::Error::from_raw_os_error;
        if cfg!(target_os = "linux") {
            // ENOLCK, ENOSYS and EOPNOTSUPP, but not EACCES.
            assert!(
                [37, 38, 95]
                    .into_iter()
                    .all(|code| has_no_locks(&error(code)))
            );
            assert!(!has_no_locks(&error(13)));
        }
    }
}
