//! MNIST and Fashion-MNIST: four gzipped IDX files each.

use super::checksum::sha256;
use super::known_dataset::{FASHION_MNIST, KnownDataset, MNIST, UnpackedFile};
use super::search::find_idx_file;
use crate::data::error::DataError;
use crate::data::formats::gzip::read_unpacked;
use crate::data::formats::idx;
use crate::data::samples::dataset::{Dataset, Samples, Values};
use crate::data::samples::normalisation::Normalisation;
use std::path::PathBuf;

/// Mean and standard deviation of MNIST's training pixels, scaled to 0..1 (PyTorch's MNIST example).
const MNIST_MOMENTS: (f32, f32) = (0.1307, 0.3081);
/// Mean and standard deviation of Fashion-MNIST's training pixels, scaled to 0..1 (computed from the training images;
/// PyTorch users commonly round to these values).
const FASHION_MNIST_MOMENTS: (f32, f32) = (0.2860, 0.3530);

/// The classes of Fashion-MNIST, in the order of their numbers (its README).
const FASHION_MNIST_CLASSES: [&str; 10] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

/// The size of the largest file: 60,000 images of 784 bytes and a header of 16.
pub(crate) const MAX_FILE_BYTES: u64 = 60_000 * 784 + 16;

/// Loads MNIST from the first of `folders` that has its files, gzipped or not.
pub(crate) fn load_mnist(folders: &[PathBuf]) -> Result<Dataset, DataError> {
    let class_names = (0..10).map(|digit| digit.to_string()).collect();
    load(&MNIST, folders, class_names, MNIST_MOMENTS)
}

/// Loads Fashion-MNIST from the first of `folders` that has its files, gzipped or not.
pub(crate) fn load_fashion_mnist(folders: &[PathBuf]) -> Result<Dataset, DataError> {
    let class_names = FASHION_MNIST_CLASSES.map(str::to_owned).to_vec();
    load(&FASHION_MNIST, folders, class_names, FASHION_MNIST_MOMENTS)
}

/// The hash of the data for the hash of a run. It is constant, because the checksums of the files are verified.
pub(crate) fn fingerprint(dataset: &KnownDataset) -> String {
    let mut hasher = blake3::Hasher::new();
    for file in dataset.unpacked_files {
        hasher.update(file.sha256.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn load(
    dataset: &KnownDataset,
    folders: &[PathBuf],
    class_names: Vec<String>,
    (mean, standard_deviation): (f32, f32),
) -> Result<Dataset, DataError> {
    let [training_images, training_labels, test_images, test_labels] = dataset.unpacked_files
    else {
        unreachable!("the IDX data sets of the catalog have four files");
    };
    let samples = |images: &UnpackedFile, labels: &UnpackedFile| {
        let images = read_verified(dataset, folders, images)?;
        let labels = read_verified(dataset, folders, labels)?;
        // The checksums match, so the shapes do too.
        Ok::<_, DataError>(Samples {
            features: images.values.len() / labels.values.len(),
            values: Values::Bytes(images.values),
            labels: labels.values.into_iter().map(u16::from).collect(),
        })
    };
    Ok(Dataset {
        train: samples(training_images, training_labels)?,
        test: samples(test_images, test_labels)?,
        class_names,
        image: Some([28, 28, 1]),
        columns: Vec::new(),
        encoding: None,
        imputation: Vec::new(),
        has_missing: false,
        published: Some(Normalisation {
            mean: vec![mean],
            standard_deviation: vec![standard_deviation],
            fill_values: Vec::new(),
        }),
        test_split_from_training: false,
    })
}

/// Reads a file, verifies its checksum, and parses it.
fn read_verified(
    dataset: &KnownDataset,
    folders: &[PathBuf],
    file: &UnpackedFile,
) -> Result<idx::ByteArray, DataError> {
    let path = find_idx_file(dataset, folders, file.name)?;
    // One byte more than the maximum, so that a longer file fails its checksum.
    let bytes = read_unpacked(&path, MAX_FILE_BYTES + 1).map_err(|source| DataError::Read {
        path: path.clone(),
        source,
    })?;
    let found = sha256(bytes.as_slice()).map_err(|source| DataError::Read {
        path: path.clone(),
        source,
    })?;
    if found != file.sha256 {
        return Err(DataError::Checksum {
            path,
            found,
            expected: file.sha256.to_owned(),
        });
    }
    idx::read(&bytes).map_err(|reason| DataError::Format { path, reason })
}
