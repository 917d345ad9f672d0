//! Finding and reading files.

use super::idx;
use crate::data::catalog::known_dataset::KnownDataset;
use crate::data::error::DataError;
use crate::data::predict_inputs::LARGEST;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The file of a data set with this name, not compressed or gzipped, in the first of its folders
/// that has it.
pub(crate) fn find(
    official: &KnownDataset,
    folders: &[PathBuf],
    name: &str,
) -> Result<PathBuf, DataError> {
    let looked = places(official, folders);
    let found = looked
        .iter()
        .find_map(|place| idx_file(official, place, name));
    found.ok_or_else(|| missing(official, &[format!("{name}.gz")], looked))
}

/// The IDX file of this name, not compressed or gzipped, below one of a data set's folders: as its
/// home has it, as torchvision lays it out (`MNIST/raw`), or as Kaggle does
/// (`train-images.idx3-ubyte`, or a file in a folder of its own name).
pub(crate) fn idx_file(official: &KnownDataset, place: &Path, name: &str) -> Option<PathBuf> {
    let kaggle = name.replacen("-idx", ".idx", 1);
    let names = [name.to_owned(), kaggle].map(|name| [name.clone(), format!("{name}.gz")]);
    let torchvision = place.join(official.torchvision_folder()).join("raw");
    [place.to_owned(), place.join("raw"), torchvision]
        .iter()
        .flat_map(|folder| names.as_flattened().iter().map(|name| folder.join(name)))
        .find_map(|file| plain_file(&file))
}

/// The file at a path, or the file of the same name in a folder there.
pub(crate) fn plain_file(path: &Path) -> Option<PathBuf> {
    if path.is_file() {
        return Some(path.to_owned());
    }
    let inner = path.join(path.file_name()?);
    inner.is_file().then_some(inner)
}

/// The folders in which a data set's files may be.
pub(crate) fn places(official: &KnownDataset, folders: &[PathBuf]) -> Vec<PathBuf> {
    let below = |folder: &PathBuf| [folder.join(official.folder()), folder.clone()];
    folders.iter().flat_map(below).collect()
}

/// The error that none of these files is there.
pub(crate) fn missing(
    official: &KnownDataset,
    names: &[String],
    looked: Vec<PathBuf>,
) -> DataError {
    DataError::Missing {
        set: official.set,
        file: names.last().cloned().unwrap_or_default(),
        looked,
    }
}

/// The first `limit` bytes of a file's contents. Whether they are gzipped, its first bytes say:
/// browsers unpack files and keep their names.
pub(crate) fn gunzipped(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mut first = Vec::new();
    (&file).take(2).read_to_end(&mut first)?;
    file.rewind()?;
    let is_packed = first == GZIP;
    let length = file.metadata()?.len();
    let expected = match is_packed {
        true => unpacked_length(&mut file, length)?,
        false => length,
    };
    // In one piece: growing it bit by bit costs more than unpacking. One byte more, so that
    // finding the end needs no room.
    let room = usize::try_from(expected.min(limit)).unwrap_or(0);
    let mut bytes = Vec::new();
    // Where there is no such room, the contents may still turn out to be smaller.
    let _ = bytes.try_reserve_exact(room.saturating_add(1));
    match is_packed {
        true => MultiGzDecoder::new(file)
            .take(limit)
            .read_to_end(&mut bytes)?,
        false => file.take(limit).read_to_end(&mut bytes)?,
    };
    Ok(bytes)
}

/// The contents of an IDX file, gzipped or not: no more than its header promises and one byte, so that a file that promises less than it unpacks to is not unpacked.
pub(crate) fn idx_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is no plain file"));
    }
    let header = gunzipped(path, idx::LONGEST_HEADER)?;
    let promised = idx::promised(&header).unwrap_or(idx::LONGEST_HEADER);
    if promised > LARGEST {
        return Err(std::io::Error::other(format!(
            "its header promises {promised} bytes, more than {LARGEST}"
        )));
    }
    gunzipped(path, promised + 1)
}

/// What the end of a gzip file says of its contents' length (RFC 1952: modulo 2³²), if it can be
/// so; the file is left at its start.
fn unpacked_length(file: &mut File, length: u64) -> std::io::Result<u64> {
    let mut last = [0; 4];
    if length < last.len() as u64 {
        return Ok(0);
    }
    file.seek(SeekFrom::End(-4))?;
    file.read_exact(&mut last)?;
    file.rewind()?;
    // Nothing packs more tightly, so a false length asks for no more memory than a true one could.
    Ok(u64::from(u32::from_le_bytes(last)).min(length.saturating_mul(MOST_UNPACKED)))
}

/// The first bytes of a gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The most bytes that a byte of deflate gives (258 from 2 bits).
const MOST_UNPACKED: u64 = 1032;
