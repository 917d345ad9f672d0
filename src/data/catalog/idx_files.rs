//! Data sets in MNIST's format: four IDX files each, gzipped or not.

use super::checksum::sha256;
use super::search::find_idx_file;
use crate::data::error::DataError;
use crate::data::formats::gzip::read_unpacked;
use crate::data::formats::idx;
use crate::data::samples::dataset::{Dataset, Samples, Values};
use crate::datasets::{IdxFiles, KnownSet, UnpackedFile};
use crate::spec::DatasetInfo;
use std::path::{Path, PathBuf};

/// The size of the header of an IDX file with three dimensions.
const HEADER_BYTES: usize = 16;

/// The size of the largest file of a data set, unpacked.
pub(crate) fn max_file_bytes(set: KnownSet) -> u64 {
    let samples = set.training_samples.max(set.test_samples);
    (samples * set.features() + HEADER_BYTES) as u64
}

/// The hash of the data for the hash of a run, if the files are verified by checksums; then it is constant.
pub(crate) fn fingerprint(files: &IdxFiles) -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    for file in &files.files {
        hasher.update(file.sha256?.as_bytes());
    }
    Some(hasher.finalize().to_hex().to_string())
}

/// The sizes of a data set without reading its images: the published ones, unless its files have no published
/// checksums and other sizes.
pub(crate) fn info(
    set: KnownSet,
    files: &IdxFiles,
    published: DatasetInfo,
    folders: &[PathBuf],
) -> DatasetInfo {
    let [_, training, _, test] = &files.files;
    let samples = |labels: &UnpackedFile, published: usize| {
        if labels.sha256.is_some() {
            return published;
        }
        let path = find_idx_file(set, folders, labels.name).ok();
        let found = path.and_then(|path| read(set, &path).ok());
        let parsed = found.and_then(|bytes| idx::read(&bytes).ok());
        parsed.map_or(published, |labels| labels.values.len())
    };
    DatasetInfo {
        training_samples: samples(training, published.training_samples),
        test_samples: samples(test, published.test_samples),
        ..published
    }
}

/// Loads a data set from the first of `folders` that has its files.
///
/// # Errors
/// Files that are missing, unreadable, not the originals by their SHA-256, or not of the data set's shape.
pub(crate) fn load(
    set: KnownSet,
    files: &IdxFiles,
    folders: &[PathBuf],
) -> Result<Dataset, DataError> {
    let [training_images, training_labels, test_images, test_labels] = &files.files;
    let samples = |images: &UnpackedFile, labels: &UnpackedFile| {
        let (images_path, images) = read_verified(set, folders, images)?;
        let (labels_path, labels) = read_verified(set, folders, labels)?;
        let format = |path: &Path, reason: String| DataError::Format {
            path: path.to_owned(),
            reason,
        };
        let [height, width, _] = set.image;
        let count = labels.values.len();
        if images.dimensions != [count, height, width] {
            return Err(format(
                &images_path,
                format!(
                    "its dimensions are {:?}; with {count} labels, {set} has {:?}",
                    images.dimensions,
                    [count, height, width]
                ),
            ));
        }
        let classes = set.classes.len();
        if let Some(label) = labels
            .values
            .iter()
            .find(|&&label| usize::from(label) >= classes)
        {
            let reason = format!("it has the label {label}; labels are 0 to {}", classes - 1);
            return Err(format(&labels_path, reason));
        }
        Ok(Samples {
            features: set.features(),
            values: Values::Bytes(images.values),
            labels: labels.values.into_iter().map(u16::from).collect(),
        })
    };
    let train = samples(training_images, training_labels)?;
    let test = samples(test_images, test_labels)?;
    Ok(Dataset::known(set, train, test))
}

/// Reads a file, not compressed.
fn read(set: KnownSet, path: &Path) -> Result<Vec<u8>, DataError> {
    // One byte more than the maximum, so that a longer file fails its checksum or its dimensions.
    read_unpacked(path, max_file_bytes(set) + 1).map_err(|source| DataError::Read {
        path: path.to_owned(),
        source,
    })
}

/// Reads a file, verifies its checksum, and parses it.
fn read_verified(
    set: KnownSet,
    folders: &[PathBuf],
    file: &UnpackedFile,
) -> Result<(PathBuf, idx::ByteArray), DataError> {
    let path = find_idx_file(set, folders, file.name)?;
    let bytes = read(set, &path)?;
    if let Some(expected) = file.sha256 {
        let found = sha256(bytes.as_slice()).map_err(|source| DataError::Read {
            path: path.clone(),
            source,
        })?;
        if found != expected {
            return Err(DataError::Checksum {
                path,
                found,
                expected: expected.to_owned(),
            });
        }
    }
    match idx::read(&bytes) {
        Ok(array) => Ok((path, array)),
        Err(reason) => Err(DataError::Format { path, reason }),
    }
}
