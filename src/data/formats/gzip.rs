//! Files that may be gzipped.

use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use std::path::Path;

/// The first bytes of a gzip file.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The maximum number of bytes that one byte of deflate unpacks to (258 from 2 bits).
const MAX_RATIO: u64 = 1032;

/// Whether a file starts as gzip does.
pub(crate) fn is_gzipped(path: &Path) -> Result<bool> {
    starts_gzipped(&mut File::open(path)?)
}

fn starts_gzipped(file: &mut File) -> Result<bool> {
    let mut first = Vec::new();
    file.take(MAGIC.len() as u64).read_to_end(&mut first)?;
    Ok(first == MAGIC)
}

/// The first `limit` bytes of a file's contents, unpacked if the file starts as gzip does. The name does not
/// matter: browsers unpack files and keep their names.
pub(crate) fn read_unpacked(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let is_gzipped = starts_gzipped(&mut file)?;
    file.rewind()?;
    let length = file.metadata()?.len();
    let expected = if is_gzipped {
        unpacked_length(&mut file, length)?
    } else {
        length
    };
    // Allocated at once: growing the buffer costs more than unpacking. The extra byte lets the reader find the end
    // without growing it.
    let capacity = usize::try_from(expected.min(limit)).unwrap_or(0);
    let mut bytes = Vec::new();
    // If this fails, the contents may still be smaller than expected.
    let _ = bytes.try_reserve_exact(capacity.saturating_add(1));
    if is_gzipped {
        let unpacked = MultiGzDecoder::new(file);
        unpacked.take(limit).read_to_end(&mut bytes)?;
    } else {
        file.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The first `limit` bytes that gzipped bytes unpack to.
pub(crate) fn unpack(gzipped: impl Read, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let unpacked = MultiGzDecoder::new(gzipped);
    unpacked.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The unpacked length that a gzip file states at its end (RFC 1952: modulo 2³²), limited to what it can be.
/// Rewinds the file.
fn unpacked_length(file: &mut File, length: u64) -> Result<u64> {
    let mut last = [0; 4];
    if length < last.len() as u64 {
        return Ok(0);
    }
    file.seek(SeekFrom::End(-4))?;
    file.read_exact(&mut last)?;
    file.rewind()?;
    // A false length thus requests no more memory than a true one could.
    Ok(u64::from(u32::from_le_bytes(last)).min(length.saturating_mul(MAX_RATIO)))
}
