//! Data sets: read from files and checked, split into folds, put on a device.

mod device;
mod error;
mod idx;
mod mnist;
mod split;

pub use device::{DeviceDataset, DeviceSamples};
pub use error::DataError;
pub use split::{Partition, partition};

use crate::spec::DataSet;
use std::path::PathBuf;

/// A data set in memory.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Samples to train and validate on.
    pub train: Samples,
    /// Samples held out to the end; never used to choose.
    pub test: Samples,
    /// Classes to tell apart.
    pub classes: usize,
}

/// Labelled images.
#[derive(Clone, Debug)]
pub struct Samples {
    /// Pixels, one sample after the other: `[samples, features]`.
    pub pixels: Vec<u8>,
    /// Pixels of one sample.
    pub features: usize,
    /// The class of each sample.
    pub labels: Vec<u8>,
    /// Subtracted from pixels scaled to 0..1.
    pub mean: f32,
    /// Divides what the mean is subtracted from.
    pub standard_deviation: f32,
}

impl Samples {
    /// The pixels as a network sees them: scaled to 0..1, minus the mean, divided by the standard
    /// deviation. `[samples, features]`.
    pub fn normalised(&self) -> Vec<f32> {
        // A byte has 256 values: computed once each.
        let table: Vec<f32> = (0..=u8::MAX)
            .map(|pixel| (f32::from(pixel) / 255.0 - self.mean) / self.standard_deviation)
            .collect();
        self.pixels
            .iter()
            .map(|&pixel| table[usize::from(pixel)])
            .collect()
    }
}

/// Loads a data set from the first of `folders` that has it.
///
/// # Errors
/// Files that are missing, unreadable, or not the originals by their SHA-256.
pub fn load(set: DataSet, folders: &[PathBuf]) -> Result<Dataset, DataError> {
    match set {
        DataSet::Mnist => mnist::load(folders),
    }
}

/// A hash of the data set's contents, for the identity of runs.
pub fn fingerprint(set: DataSet) -> String {
    match set {
        DataSet::Mnist => mnist::fingerprint(),
    }
}
