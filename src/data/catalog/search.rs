//! Where the files of a known data set may be.

use crate::data::error::DataError;
use crate::data::formats::idx_file::file_at;
use crate::datasets::{IdxFiles, KnownSet};
use crate::spec::DatasetKind;
use std::path::{Path, PathBuf};

/// The archive of a data set, in the first of its folders that has it.
pub(crate) fn archive_of(set: KnownSet, folders: &[PathBuf]) -> Option<PathBuf> {
    let name = set.definition().files[0].name;
    let searched = folders_of(set, folders).into_iter();
    let mut archives = searched.map(|folder| folder.join(name));
    archives.find(|archive| archive.is_file())
}

/// The IDX file of this name in a folder, gzipped or not: with its original name, or as Kaggle has it
/// (`train-images.idx3-ubyte`, or a file in a folder of its own name).
pub(crate) fn idx_file(folder: &Path, name: &str) -> Option<PathBuf> {
    let kaggle = name.replacen("-idx", ".idx", 1);
    let names = [name.to_owned(), kaggle].map(|name| [name.clone(), format!("{name}.gz")]);
    let mut names = names.as_flattened().iter();
    names.find_map(|name| file_at(&folder.join(name)))
}

/// The folders that may contain the IDX files of a data set: in the original layout, in torchvision's
/// (`MNIST/raw`), or in that of an unpacked archive.
pub(crate) fn idx_folders(set: KnownSet, files: &IdxFiles, folders: &[PathBuf]) -> Vec<PathBuf> {
    let has_checksums = files.files.iter().all(|file| file.sha256.is_some());
    let layouts = |folder: PathBuf| {
        // Without checksums, the files of a data set with the same names would pass for those of this one.
        let is_own = has_checksums || folder.ends_with(set.folder);
        let torchvision = folder.join(files.torchvision_folder).join("raw");
        let inside = files.folder_in_archive.map(|inside| folder.join(inside));
        let own = [Some(folder.join("raw")), inside, Some(folder)];
        let own = own.into_iter().flatten().filter(move |_| is_own);
        own.chain([torchvision])
    };
    let folders = folders_of(set, folders).into_iter();
    folders.flat_map(layouts).collect()
}

/// The folders in which a data set's files may be.
pub(crate) fn folders_of(set: KnownSet, folders: &[PathBuf]) -> Vec<PathBuf> {
    let below = |folder: &PathBuf| [folder.join(set.folder), folder.clone()];
    folders.iter().flat_map(below).collect()
}

/// The error that none of the searched folders has this file.
pub(crate) fn missing(set: KnownSet, file: String, searched: Vec<PathBuf>) -> DataError {
    DataError::Missing {
        set: DatasetKind::Known(set),
        file,
        searched,
    }
}
