//! NumPy arrays on disk, which may be gzipped.

use super::gzip::read_unpacked;
use super::limits::MAX_FILE_BYTES;
use std::io::{Error, Result};
use std::path::Path;

/// How to convert an archive of several arrays; the caller appends the names of the files.
pub(crate) const HOW_TO_UNPACK: &str = ".npz files are not supported: open the file with numpy.load and save \
                                        its arrays with numpy.save";

/// The contents of an array's file, unpacked if they are gzipped.
///
/// # Errors
/// A path that is not a file, a file that cannot be read or has more than [`MAX_FILE_BYTES`] bytes.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    // Checked before opening: opening a pipe blocks until someone writes to it.
    if !std::fs::metadata(path)?.is_file() {
        return Err(Error::other("it is not a regular file"));
    }
    // One byte more than the limit shows that the file is too long.
    let bytes = read_unpacked(path, MAX_FILE_BYTES + 1)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Error::other(format!(
            "it has more than {MAX_FILE_BYTES} bytes"
        )));
    }
    Ok(bytes)
}
