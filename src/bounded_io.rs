//! Files from outside, read up to a limit.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::Path;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The contents of a plain file of at most so many bytes.
///
/// # Errors
/// A file that cannot be read or has more bytes; what is no plain file, such as a pipe, which would
/// be waited for.
pub(crate) fn read_file(path: &Path, most: u64) -> Result<Vec<u8>> {
    // Before it is opened: opening a pipe waits for who writes into it.
    let about = std::fs::metadata(path)?;
    if about.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !about.is_file() {
        return Err(Error::other("it is no plain file"));
    }
    let too_long = || Error::other(format!("it has more than {most} bytes"));
    // Before anything is read: reading up to the limit would take as much memory.
    if about.len() > most {
        return Err(too_long());
    }
    let mut bytes = Vec::new();
    let room = usize::try_from(about.len()).unwrap_or(0);
    // Where there is no such room, reading says so.
    let _ = bytes.try_reserve_exact(room.saturating_add(1));
    // Not up to the length from above: some files, such as those of /proc, have a length of 0.
    File::open(path)?
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(too_long());
    }
    Ok(bytes)
}

/// Readers of libraries at work, on any thread.
static AT_WORK: AtomicUsize = AtomicUsize::new(0);

/// What a library's reader makes of a file; nothing where it panics, as some do at damaged files.
///
/// Nothing is printed of such a panic, on whichever of the library's threads it is.
pub(crate) fn catch_reader_panic<T>(read: impl FnOnce() -> T) -> Option<T> {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if AT_WORK.load(Ordering::SeqCst) == 0 {
                before(panic);
            }
        }));
    });
    AT_WORK.fetch_add(1, Ordering::SeqCst);
    let read = catch_unwind(AssertUnwindSafe(read));
    AT_WORK.fetch_sub(1, Ordering::SeqCst);
    read.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_panics_gives_nothing_and_ends_nothing() {
        let bytes = [0_u8; 4];
        let at = |place: usize| catch_reader_panic(|| bytes[place]);
        assert_eq!(at(3), Some(0));
        assert_eq!(at(4), None);
    }

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, b"12345").unwrap();
        assert_eq!(read_file(&path, 5).unwrap(), b"12345");
        assert!(
            read_file(&path, 4)
                .unwrap_err()
                .to_string()
                .contains("more than 4")
        );
        assert!(read_file(folder.path(), 4).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_never_ends_is_refused() {
        assert!(read_file(Path::new("/dev/zero"), 4).is_err());
    }
}
