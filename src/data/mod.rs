//! Data sets: read from files and checked, split into folds, put on a device.

mod catalog;
mod custom;
mod dataset_cache;
mod device;
mod error;
mod folder;
mod formats;
mod load;
mod predict_inputs;
mod quality;
mod samples;
mod table;

pub use catalog::fetch::{Client, FetchError, fetch};
pub use catalog::load_known::find_dataset;
pub use catalog::verify_files::{CheckedFile, FileState, verify_files};
pub use dataset_cache::DatasetCache;
pub use device::device_dataset::{DeviceDataset, DeviceDatasetKey};
pub use device::device_normalisation::DeviceNormalisation;
pub use device::device_samples::DeviceSamples;
pub use error::DataError;
pub use load::load;
pub use predict_inputs::{ExpectedInput, InputSource, PredictInputs, input_files, read_inputs};
pub use samples::dataset::{Dataset, Samples, Values};
pub use samples::imputation::{Imputation, MISSING};
pub use samples::normalisation::Normalisation;
pub use samples::picture::Picture;
pub use samples::split::{Partition, partition};
