//! Where the files of a known data set may be.

use crate::data::error::DataError;
use crate::data::formats::idx_file::file_at;
use crate::datasets::KnownSet;
use crate::spec::DatasetKind;
use std::path::{Path, PathBuf};

/// The archive of a data set, in the first of its folders that has it.
pub(crate) fn archive_of(set: KnownSet, folders: &[PathBuf]) -> Option<PathBuf> {
    let name = set.definition().files[0].name;
    let searched = folders_of(set, folders).into_iter();
    let mut archives = searched.map(|folder| folder.join(name));
    archives.find(|archive| archive.is_file())
}

/// The IDX file of this name, gzipped or not, below one of a data set's folders: in the original layout, in
/// torchvision's (`MNIST/raw`), or in Kaggle's (`train-images.idx3-ubyte`, or a file in a folder of its own name).
pub(crate) fn idx_file(set: KnownSet, folder: &Path, name: &str) -> Option<PathBuf> {
    let kaggle = name.replacen("-idx", ".idx", 1);
    let names = [name.to_owned(), kaggle].map(|name| [name.clone(), format!("{name}.gz")]);
    let torchvision = folder.join(set.torchvision_folder).join("raw");
    [folder.to_owned(), folder.join("raw"), torchvision]
        .iter()
        .flat_map(|folder| names.as_flattened().iter().map(|name| folder.join(name)))
        .find_map(|file| file_at(&file))
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
