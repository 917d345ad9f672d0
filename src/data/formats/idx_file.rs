//! IDX files on disk, which may be gzipped or lie in a folder of the same name.

use super::gzip::read_unpacked;
use super::idx::{self, MAX_HEADER_BYTES};
use super::limits::MAX_FILE_BYTES;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};

/// The file at a path, or the file of the same name in a folder there, as Kaggle has them.
pub(crate) fn file_at(path: &Path) -> Option<PathBuf> {
    if path.is_file() {
        return Some(path.to_owned());
    }
    let inner = path.join(path.file_name()?);
    inner.is_file().then_some(inner)
}

/// The contents of an IDX file, unpacked if they are gzipped. At most one byte more than the header declares is
/// read, so that a file cannot unpack to far more than it declares.
///
/// # Errors
/// A path that is not a file, a file that cannot be read or declares more than [`MAX_FILE_BYTES`].
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(Error::other("it is not a regular file"));
    }
    let header = read_unpacked(path, MAX_HEADER_BYTES)?;
    let declared = idx::declared_bytes(&header).unwrap_or(MAX_HEADER_BYTES);
    if declared > MAX_FILE_BYTES {
        return Err(Error::other(format!(
            "its header declares {declared} bytes, more than {MAX_FILE_BYTES}"
        )));
    }
    read_unpacked(path, declared + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_file_is_unpacked_to_one_byte_beyond_its_declared_size() {
        use std::io::Write;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bomb.gz");
        let file = std::fs::File::create(&path).unwrap();
        let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        packer.write_all(&[0, 0, 8, 1, 0, 0, 0, 3]).unwrap();
        packer.write_all(&vec![0; 1 << 20]).unwrap();
        packer.finish().unwrap();
        let bytes = read(&path).unwrap();
        assert_eq!(bytes.len(), 8 + 3 + 1);
        assert!(idx::read(&bytes).is_err());
    }
}
