//! Finding and reading files.

use super::error::DataError;
use super::official::Official;
use flate2::read::GzDecoder;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The first of these files that is in one of the folders of a data set.
pub(super) fn find(
    official: &Official,
    folders: &[PathBuf],
    names: &[String],
) -> Result<PathBuf, DataError> {
    let looked = places(official, folders);
    let files = looked
        .iter()
        .flat_map(|folder| names.iter().map(|name| folder.join(name)));
    let found = files.into_iter().find(|file| file.is_file());
    found.ok_or_else(|| missing(official, names, looked))
}

/// The folders in which a data set's files may be.
pub(super) fn places(official: &Official, folders: &[PathBuf]) -> Vec<PathBuf> {
    let below = |folder: &PathBuf| [folder.join(official.folder()), folder.clone()];
    folders.iter().flat_map(below).collect()
}

/// The error that none of these files is there.
pub(super) fn missing(official: &Official, names: &[String], looked: Vec<PathBuf>) -> DataError {
    DataError::Missing {
        set: official.set,
        file: names.last().cloned().unwrap_or_default(),
        looked,
    }
}

/// The first `limit` bytes of a file's contents, which are gzipped where its name ends in `.gz`.
pub(super) fn gunzipped(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    match path.extension().is_some_and(|extension| extension == "gz") {
        true => GzDecoder::new(file).take(limit).read_to_end(&mut bytes)?,
        false => file.take(limit).read_to_end(&mut bytes)?,
    };
    Ok(bytes)
}
