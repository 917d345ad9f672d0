//! Files from outside, read up to a limit.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

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
    let mut bytes = Vec::new();
    let room = usize::try_from(about.len().min(most)).unwrap_or(0);
    // Where there is no such room, reading says so.
    let _ = bytes.try_reserve_exact(room.saturating_add(1));
    File::open(path)?
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(Error::other(format!("it has more than {most} bytes"))),
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
