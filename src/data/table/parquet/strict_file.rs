//! A Parquet file that returns an error when it is read beyond its end.
//!
//! The library skips values that a damaged file claims to have without checking that it reads anything: two billion values
//! beyond the end of a file took it hours.

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read};

/// A file that returns an error beyond its end.
pub(crate) struct StrictFile(pub(crate) File);

/// Reads from a position of a [`StrictFile`].
pub(crate) struct StrictReader(BufReader<File>);

impl Length for StrictFile {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for StrictFile {
    type T = StrictReader;

    fn get_read(&self, start: u64) -> Result<StrictReader> {
        self.0.get_read(start).map(StrictReader)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start.checked_add(length as u64);
        if end.is_some_and(|end| end <= self.len()) {
            self.0.get_bytes(start, length)
        } else {
            Err(ParquetError::EOF(
                "a part is beyond the end of the file".to_owned(),
            ))
        }
    }
}

impl Read for StrictReader {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(Error::from(ErrorKind::UnexpectedEof)),
            read => Ok(read),
        }
    }
}
