//! Safe reading of files from outside: with a maximum size, and without panics of library readers.

use crate::caught;
use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Reads a regular file of at most `max_bytes` bytes.
///
/// # Errors
/// The file cannot be read, is larger, or is not a regular file: reading a pipe could block forever.
pub(crate) fn read_file(path: &Path, max_bytes: u64) -> Result<Vec<u8>> {
    // Before the file is opened: opening a pipe blocks until a process writes to it.
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(Error::other("not a regular file"));
    }
    let too_large = || Error::other(format!("the file has more than {max_bytes} bytes"));
    // Before anything is read: reading up to the limit could take much memory.
    if metadata.len() > max_bytes {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let length = usize::try_from(metadata.len()).unwrap_or(0);
    // If this fails, reading reports the error.
    let _ = bytes.try_reserve_exact(length.saturating_add(1));
    // Not up to `length`: some files, such as those in /proc, report a length of 0.
    File::open(path)?
        .take(max_bytes.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes {
        return Err(too_large());
    }
    Ok(bytes)
}

/// Runs the reader of a library, and returns `None` if it panics: some readers panic on damaged files.
pub(crate) fn catch_reader_panic<T>(read: impl FnOnce() -> T) -> Option<T> {
    // polars reads on threads of its own, and passes their panics on.
    caught::catch_with_threads(|name| name.starts_with("polars-"), read).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_a_reader_is_caught() {
        let bytes = [0_u8; 4];
        let read_at = |index: usize| catch_reader_panic(|| bytes[index]);
        assert_eq!(read_at(3), Some(0));
        assert_eq!(read_at(4), None);
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
    fn an_endless_file_is_refused() {
        assert!(read_file(Path::new("/dev/zero"), 4).is_err());
    }
}
