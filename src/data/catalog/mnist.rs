//! MNIST and Fashion-MNIST: four gzipped IDX files each.

use super::checksum::sha256;
use super::known_dataset::{Contents, FASHION_MNIST, KnownDataset, MNIST};
use crate::data::error::DataError;
use crate::data::formats::files::{find, gunzipped};
use crate::data::formats::idx;
use crate::data::samples::dataset::{Dataset, Samples, Values};
use crate::data::samples::normalisation::Normalisation;
use std::path::PathBuf;

/// Mean and standard deviation of MNIST's training pixels, scaled to 0..1 (PyTorch's MNIST
/// example).
const MNIST_SCALE: (f32, f32) = (0.1307, 0.3081);
/// Those of Fashion-MNIST (computed from the training images; the values that PyTorch users
/// commonly round to 0.2860 and 0.3530).
const FASHION_MNIST_SCALE: (f32, f32) = (0.2860, 0.3530);

/// The classes of Fashion-MNIST, in the order of their numbers (its README).
const CLOTHES: [&str; 10] = [
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

/// The largest of the files: 60,000 images of 784 bytes and a header of 16. Reading stops there.
pub(crate) const LARGEST: u64 = 60_000 * 784 + 16;

/// Loads MNIST from the first of `folders` that has its files, gzipped or not.
pub(crate) fn mnist(folders: &[PathBuf]) -> Result<Dataset, DataError> {
    let digits = (0..10).map(|digit| digit.to_string()).collect();
    load(&MNIST, folders, digits, MNIST_SCALE)
}

/// Loads Fashion-MNIST from the first of `folders` that has its files, gzipped or not.
pub(crate) fn fashion_mnist(folders: &[PathBuf]) -> Result<Dataset, DataError> {
    let clothes = CLOTHES.map(str::to_owned).to_vec();
    load(&FASHION_MNIST, folders, clothes, FASHION_MNIST_SCALE)
}

/// The hash that names the data in a run's identity: known, since the files are checked.
pub(crate) fn fingerprint(official: &KnownDataset) -> String {
    let mut hasher = blake3::Hasher::new();
    for file in official.contents {
        hasher.update(file.sha256.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn load(
    official: &KnownDataset,
    folders: &[PathBuf],
    class_names: Vec<String>,
    (mean, standard_deviation): (f32, f32),
) -> Result<Dataset, DataError> {
    let [training_images, training_labels, test_images, test_labels] = official.contents else {
        unreachable!("the official IDX sets have four files");
    };
    let samples = |images: &Contents, labels: &Contents| {
        let images = checked(official, folders, images)?;
        let labels = checked(official, folders, labels)?;
        // The sums are right, so the shapes are too.
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
        is_incomplete: false,
        known: Some(Normalisation {
            mean: vec![mean],
            standard_deviation: vec![standard_deviation],
            fill: Vec::new(),
        }),
        test_split_from_training: false,
    })
}

/// Reads a file, checks its sum, and takes it apart.
fn checked(
    official: &KnownDataset,
    folders: &[PathBuf],
    file: &Contents,
) -> Result<idx::ByteArray, DataError> {
    let path = find(official, folders, file.name)?;
    // One byte more than the largest, so that a longer file fails its checksum.
    let bytes = gunzipped(&path, LARGEST + 1).map_err(|source| DataError::Read {
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
