//! Data sets: read from files and checked, split into folds, put on a device.

mod check;
mod cifar10;
mod copies;
mod coverage;
mod dataset;
mod determined;
mod device;
mod device_normalisation;
mod device_samples;
mod error;
mod fetch;
mod files;
mod fill;
mod idx;
mod idx_folder;
mod images;
mod imputation;
mod inputs;
mod jpeg_end;
mod library;
mod mnist;
mod normalisation;
mod npy;
mod npy_folder;
mod official;
mod own;
mod precision;
mod remedy;
mod shared;
mod split;
mod sum;
mod table;

pub use check::{CheckedFile, FileState, check, found};
pub use dataset::{Dataset, Samples, Values};
use determined::determining_features;
pub use device::{DeviceDataset, DeviceForm};
pub use device_normalisation::DeviceNormalisation;
pub use device_samples::DeviceSamples;
pub use error::DataError;
pub use fetch::{Client, FetchError, fetch};
pub use imputation::{Imputation, MISSING};
pub use inputs::{Expected, InputSource, Inputs, input_files, inputs};
pub use library::Library;
pub use normalisation::Normalisation;
pub use official::{Official, OfficialFile};
use shared::shared_samples;
pub use split::{Partition, partition};

use crate::spec::{ColumnNote, DataSet, DataSource, DataWarning};
use std::path::{Path, PathBuf};

/// Loads a data set that is known by name from the first of `folders` that has it.
///
/// # Errors
/// Files that are missing, unreadable, or not the originals by their SHA-256; and data of the
/// user's own, which a [`Library`] loads.
pub fn load(set: DataSet, folders: &[PathBuf]) -> Result<Dataset, DataError> {
    match set {
        DataSet::Mnist => mnist::mnist(folders),
        DataSet::FashionMnist => mnist::fashion_mnist(folders),
        DataSet::Cifar10 => cifar10::load(folders),
        DataSet::Table | DataSet::Images | DataSet::Idx | DataSet::Npy => {
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
        DataSet::Table => table::load(path, source),
        DataSet::Images => images::load(path),
        DataSet::Idx => idx_folder::load(path),
        DataSet::Npy => npy_folder::load(path),
        DataSet::Mnist | DataSet::FashionMnist | DataSet::Cifar10 => {
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
