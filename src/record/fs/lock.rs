//! One process at a time on one sweep's folder.

use super::host::host_name;
use super::time::utc;
use crate::record::error::{RecordError, on};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The name of the file in a sweep's folder.
const FILE: &str = ".lock";

/// The name of the file that is locked while results are moved.
const MOVES: &str = ".moves.lock";

/// The lock of a sweep's folder, or who holds it.
#[derive(Debug)]
pub enum Lock {
    /// It was free, and is held now.
    Taken(SweepLock),
    /// Another process holds it.
    Busy(LockHolder),
}

/// A held lock; it ends with the process, however that ends.
#[derive(Debug)]
pub struct SweepLock {
    _file: File,
    /// Why it keeps nobody out, where the file system has no locks.
    pub unenforced: Option<std::io::Error>,
}

/// Who holds a lock, as it has told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockHolder(String);

impl std::fmt::Display for LockHolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.is_empty() {
            true => f.write_str("another process"),
            false => f.write_str(&self.0),
        }
    }
}

impl LockHolder {
    fn current() -> Self {
        let (process, host) = (std::process::id(), host_name());
        Self(format!(
            "process {process} on {host} since {}",
            utc(std::time::SystemTime::now())
        ))
    }

    /// What the holder of a lock has written into its file.
    fn read(mut file: &File) -> Self {
        /// Far more than a holder writes.
        const LONGEST: u64 = 1000;
        let mut text = String::new();
        let read = Read::by_ref(&mut file)
            .take(LONGEST)
            .read_to_string(&mut text);
        let line = text.lines().next().filter(|_| read.is_ok());
        let is_plain = |line: &&str| !line.chars().any(char::is_control);
        Self(line.filter(is_plain).unwrap_or_default().to_owned())
    }
}

/// Takes the lock of a sweep's folder, or tells who holds it.
///
/// The operating system holds the lock for the open file, so a dead process holds none. It is a
/// promise for one machine: over a network it may not hold. Where the file system has no locks, it is
/// as if it were taken: two processes on one sweep waste time, but each result appears whole, and is
/// the same whoever writes it.
///
/// # Errors
/// A folder that cannot be written to.
pub fn lock(folder: &Path) -> Result<Lock, RecordError> {
    /// Somebody who only looks holds it for a moment.
    const TRIES: u32 = 5;
    take(folder, TRIES, File::try_lock)
}

/// Takes the lock of a sweep's folder for one of several processes that share it, each with runs of
/// its own; a process that has it alone keeps all others out.
///
/// # Errors
/// A folder that cannot be written to.
pub fn lock_shared(folder: &Path) -> Result<Lock, RecordError> {
    /// A report over a slow network is done by then; for who started this shard it is worth waiting.
    const TRIES: u32 = 30 * 50;
    take(folder, TRIES, File::try_lock_shared)
}

/// Waits until no other process of this machine moves results in a sweep's folder; until the file is
/// dropped, none does. It keeps nobody out where the file system has no locks.
///
/// # Errors
/// A folder that cannot be written to.
pub fn lock_reconcile(folder: &Path) -> Result<File, RecordError> {
    let (path, file) = opened(folder, MOVES)?;
    match file.lock() {
        Err(error) if !has_no_locks(&error) => Err(on("lock", &path)(error)),
        _ => Ok(file),
    }
}

fn take(
    folder: &Path,
    most: u32,
    try_lock: impl Fn(&File) -> Result<(), TryLockError>,
) -> Result<Lock, RecordError> {
    let (path, file) = opened(folder, FILE)?;
    let mut tries = 1;
    let unenforced = loop {
        match try_lock(&file) {
            Ok(()) => break None,
            Err(TryLockError::WouldBlock) if tries == most => {
                return Ok(Lock::Busy(LockHolder::read(&file)));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
            Err(TryLockError::Error(error)) if has_no_locks(&error) => break Some(error),
            Err(TryLockError::Error(error)) => return Err(on("lock", &path)(error)),
        }
        tries += 1;
    };
    let told = |mut file: &File| -> std::io::Result<()> {
        file.set_len(0)?;
        writeln!(file, "{}", LockHolder::current())
    };
    told(&file).map_err(on("write", &path))?;
    let _file = file;
    Ok(Lock::Taken(SweepLock { _file, unenforced }))
}

/// Opens a file in a sweep's folder, to be locked.
fn opened(folder: &Path, name: &str) -> Result<(PathBuf, File), RecordError> {
    std::fs::create_dir_all(folder).map_err(on("create the folder", folder))?;
    let path = folder.join(name);
    let mut options = OpenOptions::new();
    // What its holder has written stays.
    let options = options.read(true).write(true).create(true).truncate(false);
    let file = options.open(&path).map_err(on("create", &path))?;
    Ok((path, file))
}

/// Who is at work in a sweep's folder, if anybody is: of several that share it, the one that came
/// last. Nobody where that cannot be told.
pub fn active_holders(folder: &Path) -> Option<LockHolder> {
    let path = folder.join(FILE);
    // Over a network, a file is locked against others only by who may write it.
    let writable = OpenOptions::new().read(true).write(true).open(&path);
    let file = writable.or_else(|_| File::open(&path)).ok()?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Some(LockHolder::read(&file)),
        _ => None,
    }
}

/// Whether an error says that the file system has no locks.
fn has_no_locks(error: &std::io::Error) -> bool {
    /// ENOLCK: "no locks available", what NFS answers without its lock daemon.
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
        assert_eq!(active_holders(folder.path()), None);
        let taken = lock(folder.path()).unwrap();
        assert!(matches!(&taken, Lock::Taken(lock) if lock.unenforced.is_none()));
        let Lock::Busy(holder) = lock(folder.path()).unwrap() else {
            panic!("two hold it");
        };
        let told = holder.to_string();
        let process = format!("process {} on ", std::process::id());
        assert!(
            told.starts_with(&process) && told.ends_with(" UTC"),
            "{told}"
        );
        assert_eq!(active_holders(folder.path()), Some(holder));
        drop(taken);
        assert_eq!(active_holders(folder.path()), None);
        assert!(matches!(lock(folder.path()).unwrap(), Lock::Taken(_)));
    }

    #[test]
    fn a_lock_of_an_older_version_is_another_process() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::create(folder.path().join(FILE)).unwrap();
        file.lock().unwrap();
        assert_eq!(
            active_holders(folder.path()).unwrap().to_string(),
            "another process"
        );
    }

    #[test]
    fn file_systems_without_locks_are_known_by_their_answers() {
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
