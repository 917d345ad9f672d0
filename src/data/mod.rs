//! Data sets: read from files and checked, split into folds, put on a device.

mod catalog;
mod custom;
mod dataset_cache;
mod device;
mod error;
mod formats;
mod predict_inputs;
mod quality;
mod samples;
mod table;

pub use catalog::fetch::{Client, FetchError, fetch};
pub use catalog::known_dataset::{KnownDataset, KnownFile};
pub use catalog::verify_files::{CheckedFile, FileState, check, found};
pub use dataset_cache::DatasetCache;
pub use device::device_dataset::{DeviceDataset, DeviceDatasetKey};
pub use device::device_normalisation::DeviceNormalisation;
pub use device::device_samples::DeviceSamples;
pub use error::DataError;
pub use predict_inputs::{ExpectedInput, InputSource, Inputs, input_files, inputs};
use quality::determined::determining_features;
use quality::shared::shared_samples;
pub use samples::dataset::{Dataset, Samples, Values};
pub use samples::imputation::{Imputation, MISSING};
pub use samples::normalisation::Normalisation;
pub use samples::split::{Partition, partition};

use crate::spec::{ColumnNote, DataSource, DataWarning, DatasetKind};
use std::path::{Path, PathBuf};

/// Loads a data set that is known by name from the first of `folders` that has it.
///
/// # Errors
/// Files that are missing, unreadable, or not the originals by their SHA-256; and data of the
/// user's own, which a [`DatasetCache`] loads.
pub fn load(set: DatasetKind, folders: &[PathBuf]) -> Result<Dataset, DataError> {
    match set {
        DatasetKind::Mnist => catalog::mnist::mnist(folders),
        DatasetKind::FashionMnist => catalog::mnist::fashion_mnist(folders),
        DatasetKind::Cifar10 => catalog::cifar10::load(folders),
        DatasetKind::Table | DatasetKind::Images | DatasetKind::Idx | DatasetKind::Npy => {
            Err(DataError::Unusable {
                path: PathBuf::new(),
                reason: format!("data.set: {set} needs data.path"),
            })
        }
    }
}

/// The user's own data, as it was read.
#[derive(Debug)]
struct Read {
    dataset: Dataset,
    /// What its columns became.
    notes: Vec<ColumnNote>,
    /// Warnings about it.
    warnings: Vec<DataWarning>,
}

/// Loads the user's own data from the file or folder at `path`.
fn load_own(source: &DataSource, path: &Path) -> Result<Read, DataError> {
    let own = match source.set {
        DatasetKind::Table => table::load(path, source),
        DatasetKind::Images => custom::images::load(path),
        DatasetKind::Idx => custom::idx_folder::load(path),
        DatasetKind::Npy => custom::npy_folder::load(path),
        DatasetKind::Mnist | DatasetKind::FashionMnist | DatasetKind::Cifar10 => {
            Err(format!("{} is known by name", source.set))
        }
    };
    let read = own.and_then(|mut own| {
        let notes = std::mem::take(&mut own.notes);
        let warnings = std::mem::take(&mut own.warnings);
        let warnings = warnings.into_iter().map(DataWarning::Table);
        let dataset = own.into_dataset(source.test_fraction.get())?;
        let warnings = warnings
            .chain(determining_features(&dataset))
            .chain(shared_samples(&dataset))
            .collect();
        Ok(Read {
            dataset,
            notes,
            warnings,
        })
    });
    read.map_err(|reason| DataError::Unusable {
        path: path.to_owned(),
        reason,
    })
}
