//! Whether the files of the data sets known by name are there, and whole.

use super::checksum::sha256;
use super::cifar10;
use super::known_dataset::KnownDataset;
use super::mnist::LARGEST;
use crate::data::formats::files::{gunzipped, idx_file, places};
use crate::spec::DatasetKind;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A file of a data set, and how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedFile {
    /// Where it is, or its name alone where it is missing.
    pub file: PathBuf,
    /// How it is.
    pub state: FileState,
}

/// How a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Its contents are the original's.
    Ok,
    /// It cannot be read, or its contents are others.
    Damaged,
    /// It is in none of the folders.
    Missing,
}

/// Reads the files of a data set, in the first of `folders` that has them, and compares their
/// sums with the originals'.
pub fn check(official: &KnownDataset, folders: &[PathBuf]) -> Vec<CheckedFile> {
    if official.set == DatasetKind::Cifar10 {
        return check_cifar10(official, folders);
    }
    let places = places(official, folders);
    let contents = official.contents.iter().map(|contents| {
        let found = places
            .iter()
            .find_map(|place| idx_file(official, place, contents.name));
        match found {
            // One byte more than the largest, so that a longer file has another sum.
            Some(file) => {
                let sum = gunzipped(&file, LARGEST + 1).and_then(|bytes| sha256(&*bytes));
                compared(file, sum, contents.sha256)
            }
            None => CheckedFile {
                file: format!("{}.gz", contents.name).into(),
                state: FileState::Missing,
            },
        }
    });
    contents.collect()
}

/// The folder in which a data set is found; nothing where a file of it is missing.
pub fn found(official: &KnownDataset, folders: &[PathBuf]) -> Option<PathBuf> {
    if official.set == DatasetKind::Cifar10 {
        return match cifar10::find_whole(folders)? {
            cifar10::Place::Folder(folder) => Some(folder),
            cifar10::Place::Archive(archive) => Some(archive),
        };
    }
    let whole = |place: &PathBuf| {
        let mut contents = official.contents.iter();
        contents.all(|contents| idx_file(official, place, contents.name).is_some())
    };
    places(official, folders).into_iter().find(whole)
}

fn check_cifar10(official: &KnownDataset, folders: &[PathBuf]) -> Vec<CheckedFile> {
    let archive = &official.files[0];
    match cifar10::find(folders) {
        None => vec![CheckedFile {
            file: archive.name.into(),
            state: FileState::Missing,
        }],
        Some(cifar10::Place::Archive(file)) => {
            let sum = sum_of(&file);
            vec![compared(file, sum, archive.sha256)]
        }
        Some(cifar10::Place::Folder(folder)) => {
            let contents = official.contents.iter().map(|contents| {
                let file = folder.join(contents.name);
                match file.is_file() {
                    true => {
                        let sum = sum_of(&file);
                        compared(file, sum, contents.sha256)
                    }
                    false => CheckedFile {
                        file: contents.name.into(),
                        state: FileState::Missing,
                    },
                }
            });
            contents.collect()
        }
    }
}

fn sum_of(file: &Path) -> std::io::Result<String> {
    sha256(File::open(file)?)
}

fn compared(file: PathBuf, found: std::io::Result<String>, expected: &str) -> CheckedFile {
    let state = match found {
        Ok(found) if found == expected => FileState::Ok,
        _ => FileState::Damaged,
    };
    CheckedFile { file, state }
}
