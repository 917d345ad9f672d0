//! Loads data sets: one function for those known by name, one for the user's data.

use super::catalog::load_known::load_known;
use super::custom::{idx_folder, images, npy_folder};
use super::error::DataError;
use super::quality::target_leakage::determining_features;
use super::quality::train_test_overlap::overlapping_samples;
use super::samples::dataset::Dataset;
use super::table;
use crate::spec::{ColumnNote, DataSource, DataWarning, DatasetKind};
use std::path::{Path, PathBuf};

/// Loads a data set known by name from the first of `folders` that has it.
///
/// # Errors
/// Files that are missing, unreadable or not the originals by their SHA-256; a data set that needs `data.path`, which a
/// [`DatasetCache`](super::DatasetCache) loads.
pub fn load(set: DatasetKind, folders: &[PathBuf]) -> Result<Dataset, DataError> {
    match set {
        DatasetKind::Known(set) => load_known(set, folders),
        DatasetKind::Table | DatasetKind::Images | DatasetKind::Idx | DatasetKind::Npy => {
            Err(DataError::Unusable {
                path: PathBuf::new(),
                reason: format!("data.set: {set} needs data.path"),
            })
        }
    }
}

/// A data set with remarks about its columns and samples.
#[derive(Debug)]
pub(crate) struct LoadedDataset {
    pub(crate) dataset: Dataset,
    /// What its columns became.
    pub(crate) notes: Vec<ColumnNote>,
    /// What may be wrong with it.
    pub(crate) warnings: Vec<DataWarning>,
}

/// Loads the user's data from the file or folder at `path`.
///
/// # Errors
/// Data that cannot be used.
pub(crate) fn load_custom(source: &DataSource, path: &Path) -> Result<LoadedDataset, DataError> {
    let raw = match source.set {
        DatasetKind::Table => table::load(path, source),
        DatasetKind::Images => images::load(path),
        DatasetKind::Idx => idx_folder::load(path),
        DatasetKind::Npy => npy_folder::load(path),
        DatasetKind::Known(_) => Err(format!(
            "{} is a built-in data set and needs no data.path",
            source.set
        )),
    };
    let loaded = raw.and_then(|mut raw| {
        let notes = std::mem::take(&mut raw.notes);
        let table_warnings = std::mem::take(&mut raw.warnings);
        let dataset = raw.into_dataset(source.test_fraction.get())?;
        let warnings = table_warnings
            .into_iter()
            .map(DataWarning::Table)
            .chain(determining_features(&dataset))
            .chain(overlapping_samples(&dataset))
            .collect();
        Ok(LoadedDataset {
            dataset,
            notes,
            warnings,
        })
    });
    loaded.map_err(|reason| DataError::Unusable {
        path: path.to_owned(),
        reason,
    })
}
