//! A Parquet file whose end is an error to who reads on.
//!
//! The library skips what a damaged file says is there, without looking whether it still reads
//! anything: two billion values behind the end of a file took it hours.

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read};

/// The file.
pub(crate) struct StrictFile(pub(crate) File);

/// A place in it, to be read from.
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
        match end.is_some_and(|end| end <= self.len()) {
            true => self.0.get_bytes(start, length),
            false => Err(ParquetError::EOF("a part lies behind the end".to_owned())),
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
