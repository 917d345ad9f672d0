//! Verifies the files of known data sets: present, and identical to the originals.

use super::checksum::sha256;
use super::cifar10;
use super::known_dataset::KnownDataset;
use super::mnist::MAX_FILE_BYTES;
use super::search::{folders_of, idx_file};
use crate::data::formats::gzip::read_unpacked;
use crate::spec::DatasetKind;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A file of a data set and its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedFile {
    /// Its path, or only its name if it is missing.
    pub file: PathBuf,
    /// Its state.
    pub state: FileState,
}

/// The state of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Its contents are the original's.
    Ok,
    /// It cannot be read, or its contents differ from the original's.
    Damaged,
    /// None of the folders has it.
    Missing,
}

/// Compares the checksums of a data set's files, in the first of `folders` that has them, with the originals'.
pub fn verify_files(dataset: &KnownDataset, folders: &[PathBuf]) -> Vec<CheckedFile> {
    if dataset.set == DatasetKind::Cifar10 {
        return verify_cifar10(dataset, folders);
    }
    let searched = folders_of(dataset, folders);
    let files = dataset.unpacked_files.iter().map(|unpacked| {
        let found = searched
            .iter()
            .find_map(|folder| idx_file(dataset, folder, unpacked.name));
        match found {
            // One byte more than the maximum, so that a longer file has a different checksum.
            Some(file) => {
                let bytes = read_unpacked(&file, MAX_FILE_BYTES + 1);
                let digest = bytes.and_then(|bytes| sha256(&*bytes));
                checked_file(file, digest, unpacked.sha256)
            }
            None => missing_file(&format!("{}.gz", unpacked.name)),
        }
    });
    files.collect()
}

/// The folder or archive of a data set; `None` if a file of it is missing.
pub fn find_dataset(dataset: &KnownDataset, folders: &[PathBuf]) -> Option<PathBuf> {
    if dataset.set == DatasetKind::Cifar10 {
        return match cifar10::find_complete(folders)? {
            cifar10::Location::Folder(folder) => Some(folder),
            cifar10::Location::Archive(archive) => Some(archive),
        };
    }
    let is_complete = |folder: &PathBuf| {
        let mut files = dataset.unpacked_files.iter();
        files.all(|unpacked| idx_file(dataset, folder, unpacked.name).is_some())
    };
    let mut searched = folders_of(dataset, folders).into_iter();
    searched.find(is_complete)
}

fn verify_cifar10(dataset: &KnownDataset, folders: &[PathBuf]) -> Vec<CheckedFile> {
    let archive = &dataset.files[0];
    match cifar10::find_any(folders) {
        None => vec![missing_file(archive.name)],
        Some(cifar10::Location::Archive(file)) => {
            let digest = sha256_of_file(&file);
            vec![checked_file(file, digest, archive.sha256)]
        }
        Some(cifar10::Location::Folder(folder)) => {
            let files = dataset.unpacked_files.iter().map(|unpacked| {
                let file = folder.join(unpacked.name);
                if !file.is_file() {
                    return missing_file(unpacked.name);
                }
                let digest = sha256_of_file(&file);
                checked_file(file, digest, unpacked.sha256)
            });
            files.collect()
        }
    }
}

fn missing_file(name: &str) -> CheckedFile {
    CheckedFile {
        file: name.into(),
        state: FileState::Missing,
    }
}

fn sha256_of_file(file: &Path) -> std::io::Result<String> {
    sha256(File::open(file)?)
}

fn checked_file(file: PathBuf, digest: std::io::Result<String>, expected: &str) -> CheckedFile {
    let state = match digest {
        Ok(digest) if digest == expected => FileState::Ok,
        _ => FileState::Damaged,
    };
    CheckedFile { file, state }
}
