//! The MNIST files.

use super::error::DataError;
use super::idx;
use super::{Dataset, Samples};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Mean of the training pixels, scaled to 0..1 (PyTorch's MNIST example).
const MEAN: f32 = 0.1307;
/// Standard deviation of the training pixels, scaled to 0..1 (PyTorch's MNIST example).
const STANDARD_DEVIATION: f32 = 0.3081;

/// The folder of the files, below a data folder.
const FOLDER: &str = "mnist";

/// A file's name and the SHA-256 of its uncompressed contents.
struct File {
    name: &'static str,
    sha256: &'static str,
}

const TRAINING_IMAGES: File = File {
    name: "train-images-idx3-ubyte",
    sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
};
const TRAINING_LABELS: File = File {
    name: "train-labels-idx1-ubyte",
    sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
};
const TEST_IMAGES: File = File {
    name: "t10k-images-idx3-ubyte",
    sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
};
const TEST_LABELS: File = File {
    name: "t10k-labels-idx1-ubyte",
    sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
};

/// The largest of the files: 60,000 images of 784 bytes and a header of 16. Reading stops there.
const LARGEST: u64 = 60_000 * 784 + 16;

/// Loads MNIST from the first of `folders` that has its files, gzipped or not.
pub(super) fn load(folders: &[PathBuf]) -> Result<Dataset, DataError> {
    Ok(Dataset {
        train: samples(folders, &TRAINING_IMAGES, &TRAINING_LABELS)?,
        test: samples(folders, &TEST_IMAGES, &TEST_LABELS)?,
        classes: 10,
    })
}

/// The hash that names the data in a run's identity: known, since the files are checked.
pub(super) fn fingerprint() -> String {
    let mut hasher = blake3::Hasher::new();
    for file in [TRAINING_IMAGES, TRAINING_LABELS, TEST_IMAGES, TEST_LABELS] {
        hasher.update(file.sha256.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn samples(folders: &[PathBuf], images: &File, labels: &File) -> Result<Samples, DataError> {
    let images = checked(folders, images)?;
    let labels = checked(folders, labels)?;
    let count = labels.dimensions[0];
    let features = images.values.len() / count;
    let mut values = images.values;
    values.shrink_to_fit();
    Ok(Samples {
        pixels: values,
        features,
        labels: labels.values,
        mean: MEAN,
        standard_deviation: STANDARD_DEVIATION,
    })
}

/// Reads a file, checks its sum, and takes it apart.
fn checked(folders: &[PathBuf], file: &File) -> Result<idx::ByteArray, DataError> {
    let (path, zipped) = find(folders, file)?;
    let bytes = contents(&path, zipped).map_err(|source| DataError::Read {
        path: path.clone(),
        source,
    })?;
    let found: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if found != file.sha256 {
        return Err(DataError::Checksum {
            path,
            found,
            expected: file.sha256.to_owned(),
        });
    }
    idx::read(&bytes).map_err(|reason| DataError::Format { path, reason })
}

fn find(folders: &[PathBuf], file: &File) -> Result<(PathBuf, bool), DataError> {
    let looked: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| [folder.join(FOLDER), folder.clone()])
        .collect();
    for folder in &looked {
        let plain = folder.join(file.name);
        if plain.is_file() {
            return Ok((plain, false));
        }
        let zipped = folder.join(format!("{}.gz", file.name));
        if zipped.is_file() {
            return Ok((zipped, true));
        }
    }
    Err(DataError::Missing {
        file: format!("{}.gz", file.name),
        looked,
    })
}

fn contents(path: &Path, zipped: bool) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    // One byte more than the largest, so that a longer file fails its checksum.
    if zipped {
        GzDecoder::new(file)
            .take(LARGEST + 1)
            .read_to_end(&mut bytes)?;
    } else {
        file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
