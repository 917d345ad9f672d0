//! Loads data sets known by name.

use super::cifar_files::{CifarSet, Location};
use super::idx_files;
use super::idx_source::IdxSource;
use crate::data::error::DataError;
use crate::data::samples::dataset::Dataset;
use crate::datasets::{KnownSet, Layout};
use crate::spec::{DatasetInfo, DatasetKind};
use std::path::PathBuf;

/// Loads a data set from the first of `folders` that has it.
///
/// # Errors
/// Files that are missing, unreadable, or not the originals by their SHA-256.
pub(crate) fn load_known(set: KnownSet, folders: &[PathBuf]) -> Result<Dataset, DataError> {
    match &set.definition().layout {
        Layout::Idx(files) => idx_files::load(set, files, folders),
        Layout::Cifar(files) => CifarSet { set, files }.load(folders),
    }
}

/// The sizes of a data set without reading its images: the published ones, unless its files have other sizes.
pub(crate) fn known_info(set: KnownSet, folders: &[PathBuf]) -> DatasetInfo {
    let published = DatasetKind::Known(set).info().unwrap_or_default();
    match &set.definition().layout {
        Layout::Idx(files) => idx_files::info(set, files, published, folders),
        Layout::Cifar(files) => CifarSet { set, files }.info(published, folders),
    }
}

/// The hash of a data set's contents, if it is constant because checksums verify the files.
pub(crate) fn constant_fingerprint(set: KnownSet) -> Option<String> {
    match &set.definition().layout {
        Layout::Idx(files) => idx_files::fingerprint(files),
        Layout::Cifar(_) => None,
    }
}

/// The folder or archive of a data set; `None` if a file of it is missing.
pub fn find_dataset(set: KnownSet, folders: &[PathBuf]) -> Option<PathBuf> {
    match &set.definition().layout {
        Layout::Cifar(files) => match (CifarSet { set, files }).find_complete(folders)? {
            Location::Folder(folder) => Some(folder),
            Location::Archive(archive) => Some(archive),
        },
        Layout::Idx(files) => {
            let source = IdxSource::find(set, files, folders)?;
            Some(source.path().to_owned())
        }
    }
}
