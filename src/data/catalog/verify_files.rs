//! Verifies the files of known data sets: present, and identical to the originals.

use super::checksum::sha256;
use super::cifar_files::{CifarSet, Location};
use super::idx_files::max_file_bytes;
use super::idx_source::{IdxSource, compare_with_download};
use super::search::idx_file;
use crate::data::formats::gzip::read_unpacked;
use crate::datasets::{IdxFiles, KnownSet, Layout};
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
    /// The checksum of its contents is not published: only the original archive could be compared.
    Unknown,
    /// None of the folders has it.
    Missing,
}

/// Compares the checksums of a data set's files, in the first of `folders` that has them, with the originals'.
pub fn verify_files(set: KnownSet, folders: &[PathBuf]) -> Vec<CheckedFile> {
    match &set.definition().layout {
        Layout::Idx(files) => verify_idx(set, files, folders),
        Layout::Cifar(files) => verify_cifar(CifarSet { set, files }, folders),
    }
}

fn verify_idx(set: KnownSet, layout: &IdxFiles, folders: &[PathBuf]) -> Vec<CheckedFile> {
    let folder = match IdxSource::find(set, layout, folders) {
        Some(IdxSource::Archive(archive, _)) => return vec![verify_download(set, archive)],
        Some(IdxSource::Folder(folder)) => Some(folder),
        None => IdxSource::incomplete_folder(set, layout, folders),
    };
    if folder.is_none() && layout.folder_in_archive.is_some() {
        return vec![missing_file(set.definition().files[0].name)];
    }
    let files = layout.files.iter().map(|unpacked| {
        let found = folder.as_ref();
        let Some(file) = found.and_then(|folder| idx_file(folder, unpacked.name)) else {
            return missing_file(&format!("{}.gz", unpacked.name));
        };
        let Some(expected) = unpacked.sha256 else {
            return verify_download(set, file);
        };
        // One byte more than the maximum, so that a longer file has a different checksum.
        let bytes = read_unpacked(&file, max_file_bytes(set) + 1);
        let digest = bytes.and_then(|bytes| sha256(&*bytes));
        checked_file(file, digest, expected)
    });
    files.collect()
}

/// Compares a file as it is downloaded, since the checksum of its contents is not published.
fn verify_download(set: KnownSet, file: PathBuf) -> CheckedFile {
    let state = match compare_with_download(set, &file) {
        Ok(None) => FileState::Unknown,
        Ok(Some((found, expected))) if found == expected => FileState::Ok,
        _ => FileState::Damaged,
    };
    CheckedFile { file, state }
}

fn verify_cifar(cifar: CifarSet, folders: &[PathBuf]) -> Vec<CheckedFile> {
    let archive = &cifar.set.definition().files[0];
    match cifar
        .find_complete(folders)
        .or_else(|| cifar.find_any(folders))
    {
        None => vec![missing_file(archive.name)],
        Some(Location::Archive(file)) => {
            let digest = sha256_of_file(&file);
            vec![checked_file(file, digest, archive.sha256)]
        }
        Some(Location::Folder(folder)) => {
            let files = cifar.files.files().map(|unpacked| {
                let file = folder.join(unpacked.name);
                match unpacked.sha256 {
                    _ if !file.is_file() => missing_file(unpacked.name),
                    Some(expected) => {
                        let digest = sha256_of_file(&file);
                        checked_file(file, digest, expected)
                    }
                    None => CheckedFile {
                        file,
                        state: FileState::Unknown,
                    },
                }
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
