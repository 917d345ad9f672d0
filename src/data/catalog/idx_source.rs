//! Where an IDX file of a data set is read from: a file, or a member of the archive.

use super::search::{archive_of, folders_of, idx_file, missing};
use crate::data::error::DataError;
use crate::data::formats::gzip::{read_unpacked, unpack};
use crate::datasets::{IdxFiles, KnownSet};
use std::io::{Error, Result};
use std::path::{Path, PathBuf};

/// Where an IDX file is read from.
pub(crate) enum IdxSource {
    /// A file, gzipped or not.
    File(PathBuf),
    /// The gzipped member of this name in a zip archive.
    Member(PathBuf, String),
}

impl IdxSource {
    /// The file of this name in the first of `folders` that has it, or in the archive.
    ///
    /// # Errors
    /// Neither is there.
    pub(crate) fn find(
        set: KnownSet,
        files: &IdxFiles,
        folders: &[PathBuf],
        name: &str,
    ) -> std::result::Result<Self, DataError> {
        let searched = folders_of(set, folders);
        let found = searched
            .iter()
            .find_map(|folder| idx_file(set, folder, name));
        if let Some(file) = found {
            return Ok(Self::File(file));
        }
        let Some(folder) = files.folder_in_archive else {
            return Err(missing(set, format!("{name}.gz"), searched));
        };
        match archive_of(set, folders) {
            Some(archive) => Ok(Self::Member(archive, format!("{folder}/{name}.gz"))),
            None => {
                let archive = set.definition().files[0].name;
                Err(missing(set, archive.to_owned(), searched))
            }
        }
    }

    /// The path, for messages.
    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Member(archive, member) => archive.join(member),
        }
    }

    /// The first `limit` bytes, unpacked.
    ///
    /// # Errors
    /// A file that cannot be read; an archive without the member.
    pub(crate) fn read(&self, limit: u64) -> Result<Vec<u8>> {
        match self {
            Self::File(path) => read_unpacked(path, limit),
            Self::Member(archive, member) => read_member(archive, member, limit),
        }
    }
}

fn read_member(archive: &Path, name: &str, limit: u64) -> Result<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(archive)?).map_err(Error::other)?;
    let member = archive.by_name(name).map_err(Error::other)?;
    unpack(member, limit)
}
