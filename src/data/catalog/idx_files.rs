//! Data sets in MNIST's format: four IDX files each, gzipped or not, or in an archive.

use super::checksum::sha256;
use super::idx_source::IdxSource;
use crate::data::error::DataError;
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
    let source = IdxSource::find(set, files, folders);
    let samples = |labels: &UnpackedFile, published: usize| {
        if labels.sha256.is_some() {
            return published;
        }
        // One byte more than the maximum, as below.
        let limit = max_file_bytes(set) + 1;
        let found = source
            .as_ref()
            .and_then(|source| source.read(labels.name, limit).ok());
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
    let source = IdxSource::find(set, files, folders);
    let source = source.ok_or_else(|| IdxSource::not_found(set, files, folders))?;
    if matches!(source, IdxSource::Archive(..)) {
        source.verify_download(set, training_images.name)?;
    }
    let samples = |images: &UnpackedFile, labels: &UnpackedFile| {
        let (images_path, mut images) = read_verified(set, &source, images)?;
        let (labels_path, labels) = read_verified(set, &source, labels)?;
        let unusable = |path: &Path, reason: String| DataError::Unusable {
            path: path.to_owned(),
            reason,
        };
        let [height, width, _] = set.image;
        let count = labels.values.len();
        if count == 0 {
            return Err(unusable(&labels_path, "it has no samples".to_owned()));
        }
        if images.dimensions != [count, height, width] {
            return Err(unusable(
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
            return Err(unusable(&labels_path, reason));
        }
        if files.is_transposed {
            for image in images.values.chunks_exact_mut(height * width) {
                transpose(image, height);
            }
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

/// Exchanges rows and columns of a square image.
fn transpose(image: &mut [u8], size: usize) {
    for row in 0..size {
        for column in 0..row {
            image.swap(row * size + column, column * size + row);
        }
    }
}

/// Reads a file, verifies its checksum, and parses it.
fn read_verified(
    set: KnownSet,
    source: &IdxSource,
    file: &UnpackedFile,
) -> Result<(PathBuf, idx::ByteArray), DataError> {
    let path = source.path_of(file.name);
    let unreadable = |source| DataError::Read {
        path: path.clone(),
        source,
    };
    // One byte more than the maximum, so that a longer file fails its checksum or its dimensions.
    let bytes = source
        .read(file.name, max_file_bytes(set) + 1)
        .map_err(unreadable)?;
    if let Some(expected) = file.sha256 {
        let found = sha256(bytes.as_slice()).map_err(unreadable)?;
        if found != expected {
            return Err(DataError::Checksum {
                path,
                found,
                expected: expected.to_owned(),
            });
        }
    } else if matches!(source, IdxSource::Folder(_)) {
        source.verify_download(set, file.name)?;
    }
    match idx::read(&bytes) {
        Ok(array) => Ok((path, array)),
        Err(reason) => Err(DataError::Format { path, reason }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transposed_image_has_its_rows_as_columns() {
        let mut image = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        transpose(&mut image, 3);
        assert_eq!(image, [1, 4, 7, 2, 5, 8, 3, 6, 9]);
    }
}
