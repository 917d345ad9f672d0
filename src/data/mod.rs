//! Data sets: read from files and checked, split into folds, put on a device.

mod dataset;
mod device;
mod error;
mod files;
mod idx;
mod library;
mod mnist;
mod normalisation;
mod official;
mod split;

pub use dataset::{Dataset, Samples, Values};
pub use device::{DeviceDataset, DeviceForm, DeviceSamples};
pub use error::DataError;
pub use library::Library;
pub use normalisation::Normalisation;
pub use official::{Official, OfficialFile};
pub use split::{Partition, partition};

use crate::spec::{DataSet, DataSource};
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
        set => Err(DataError::Unusable {
            path: PathBuf::new(),
            reason: format!("data.set: {set} is read from data.path"),
        }),
    }
}

/// Loads the user's own data from the file or folder at `path`.
fn load_own(source: &DataSource, path: &Path) -> Result<Dataset, DataError> {
    Err(DataError::Unusable {
        path: path.to_owned(),
        reason: format!("data.set: {} cannot be read yet", source.set),
    })
}
