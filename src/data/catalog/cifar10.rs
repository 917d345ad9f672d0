//! The binary version of CIFAR-10: files of records, each a label and an image.
//!
//! A record has 3,073 bytes: the label, then 1,024 bytes each of red, green and blue, row by row (Krizhevsky,
//! `readme.html` of the archive).

use super::checksum::sha256;
use super::known_dataset::CIFAR10;
use super::search::{folders_of, missing};
use crate::data::error::DataError;
use crate::data::formats::gzip::read_unpacked;
use crate::data::samples::dataset::{Dataset, Samples, Values};
use crate::data::samples::normalisation::Normalisation;
use crate::spec::{DatasetInfo, DatasetKind};
use std::path::{Path, PathBuf};

/// The mean of the training pixels, scaled to 0..1, for red, green and blue (computed from the training images; PyTorch
/// users commonly round to these values).
const MEAN: [f32; 3] = [0.4914, 0.4822, 0.4465];
/// The standard deviation of the training pixels, likewise.
const STANDARD_DEVIATION: [f32; 3] = [0.2470, 0.2435, 0.2616];

/// The classes, in the order of their numbers (`batches.meta.txt` of the archive).
const CLASSES: [&str; 10] = [
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
];

const TRAINING_FILES: [&str; 5] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
];
const TEST_FILE: &str = "test_batch.bin";

/// The folder in the archive.
const ARCHIVE_FOLDER: &str = "cifar-10-batches-bin";

/// Files of unsupported formats, and what to do about them.
const UNSUPPORTED_FORMATS: &[(&str, &str)] = &[
    ("cifar-10-python.tar.gz", PYTHON_FORMAT),
    ("cifar-10-batches-py", PYTHON_FORMAT),
    ("cifar-10-matlab.tar.gz", MATLAB_FORMAT),
    ("cifar-10-batches-mat", MATLAB_FORMAT),
    (
        "cifar-10-binary.tar",
        "it is a tar archive without gzip, which is not supported; run `tar -xf` on it in this folder",
    ),
];

const PYTHON_FORMAT: &str = "it is the Python version of CIFAR-10 (pickle), which is not supported; get the binary version, \
                           cifar-10-binary.tar.gz, with `tp-sweep data fetch cifar10`";
const MATLAB_FORMAT: &str = "it is the MATLAB version of CIFAR-10, which is not supported; get the binary version, \
                           cifar-10-binary.tar.gz, with `tp-sweep data fetch cifar10`";

const PLANE_BYTES: usize = 32 * 32;
const RECORD_BYTES: usize = 1 + 3 * PLANE_BYTES;

/// The maximum size of a file and of the unpacked archive, which has 184,380,928 bytes.
const MAX_UNPACKED_BYTES: u64 = 256 << 20;

/// Where the data is found.
pub(crate) enum Location {
    /// A folder with the six files.
    Folder(PathBuf),
    /// The original archive.
    Archive(PathBuf),
}

/// Loads CIFAR-10 from the first of `folders` that has its files or its archive.
pub(crate) fn load(folders: &[PathBuf]) -> Result<Dataset, DataError> {
    match find_complete(folders) {
        Some(Location::Folder(folder)) => from_files(&|name| {
            let path = folder.join(name);
            crate::bounded_io::read_file(&path, MAX_UNPACKED_BYTES)
                .map(|bytes| (path.clone(), bytes))
                .map_err(|source| DataError::Read { path, source })
        }),
        Some(Location::Archive(path)) => from_archive(&path),
        None => Err(not_found(folders)),
    }
}

/// The sizes without reading the files: the original's, unless a folder has files of other sizes.
pub(crate) fn info(folders: &[PathBuf]) -> DatasetInfo {
    let original = DatasetKind::Cifar10.info().unwrap_or_default();
    let Some(Location::Folder(folder)) = find_complete(folders) else {
        return original;
    };
    let records = |name: &&str| {
        let size = std::fs::metadata(folder.join(name)).map_or(0, |file| file.len());
        size as usize / RECORD_BYTES
    };
    DatasetInfo {
        training_samples: TRAINING_FILES.iter().map(records).sum(),
        test_samples: records(&TEST_FILE),
        ..original
    }
}

fn search_folders(folders: &[PathBuf]) -> Vec<PathBuf> {
    // Some programs unpack the archive into a folder named like the archive.
    let unpacked = |folder: PathBuf| {
        let archive = folder.join(CIFAR10.files[0].name);
        let below = archive
            .is_dir()
            .then(|| [archive.join(ARCHIVE_FOLDER), archive]);
        [folder.join(ARCHIVE_FOLDER), folder]
            .into_iter()
            .chain(below.into_iter().flatten())
    };
    folders_of(&CIFAR10, folders)
        .into_iter()
        .flat_map(unpacked)
        .collect()
}

/// The error that no folder has the data; it names an incomplete folder or an unsupported format if there is one.
fn not_found(folders: &[PathBuf]) -> DataError {
    let searched = search_folders(folders);
    let unusable = |path: PathBuf, reason: String| DataError::Unusable { path, reason };
    let names = || TRAINING_FILES.into_iter().chain([TEST_FILE]);
    for folder in &searched {
        if folder.join(TRAINING_FILES[0]).is_file()
            && let Some(name) = names().find(|name| !folder.join(name).is_file())
        {
            return unusable(folder.clone(), format!("it has no file {name}"));
        }
    }
    for (name, reason) in UNSUPPORTED_FORMATS {
        let found = searched.iter().map(|folder| folder.join(name));
        if let Some(path) = found.into_iter().find(|path| path.exists()) {
            return unusable(path, (*reason).to_owned());
        }
    }
    missing(&CIFAR10, CIFAR10.files[0].name.to_owned(), searched)
}

/// The data in the first of the folders that has all of it.
pub(crate) fn find_complete(folders: &[PathBuf]) -> Option<Location> {
    search_folders(folders).into_iter().find_map(|folder| {
        let mut names = TRAINING_FILES.into_iter().chain([TEST_FILE]);
        let archive = folder.join(CIFAR10.files[0].name);
        if names.all(|name| folder.join(name).is_file()) {
            Some(Location::Folder(folder))
        } else {
            archive.is_file().then_some(Location::Archive(archive))
        }
    })
}

/// The data in the first of the folders that has any of it.
pub(crate) fn find_any(folders: &[PathBuf]) -> Option<Location> {
    search_folders(folders).into_iter().find_map(|folder| {
        let archive = folder.join(CIFAR10.files[0].name);
        if folder.join(TRAINING_FILES[0]).is_file() {
            Some(Location::Folder(folder))
        } else {
            archive.is_file().then_some(Location::Archive(archive))
        }
    })
}

/// A file's path and contents.
type NamedBytes = Result<(PathBuf, Vec<u8>), DataError>;

/// The data set from its files, which `read` returns by name.
fn from_files(read: &dyn Fn(&str) -> NamedBytes) -> Result<Dataset, DataError> {
    let samples = |names: &[&str]| {
        let (mut values, mut labels) = (Vec::new(), Vec::new());
        for name in names {
            let (path, bytes) = read(name)?;
            append_records(&bytes, &mut values, &mut labels)
                .map_err(|reason| DataError::Unusable { path, reason })?;
        }
        Ok::<_, DataError>(Samples {
            values: Values::Bytes(values),
            features: 3 * PLANE_BYTES,
            labels,
        })
    };
    Ok(Dataset {
        train: samples(&TRAINING_FILES)?,
        test: samples(&[TEST_FILE])?,
        class_names: CLASSES.map(str::to_owned).to_vec(),
        image: Some([32, 32, 3]),
        columns: Vec::new(),
        encoding: None,
        imputation: Vec::new(),
        has_missing: false,
        published: Some(Normalisation {
            mean: MEAN.to_vec(),
            standard_deviation: STANDARD_DEVIATION.to_vec(),
            fill_values: Vec::new(),
        }),
        test_split_from_training: false,
    })
}

/// Appends the records of one file; the channels become the last dimension.
fn append_records(bytes: &[u8], values: &mut Vec<u8>, labels: &mut Vec<u16>) -> Result<(), String> {
    if bytes.is_empty() || !bytes.len().is_multiple_of(RECORD_BYTES) {
        return Err(format!(
            "it has {} bytes, which is not a multiple of the record size {RECORD_BYTES}",
            bytes.len()
        ));
    }
    values.reserve(bytes.len());
    for (index, record) in bytes.chunks_exact(RECORD_BYTES).enumerate() {
        let label = record[0];
        if usize::from(label) >= CLASSES.len() {
            return Err(format!(
                "record {} has the label {label}; labels are 0 to 9",
                index + 1
            ));
        }
        labels.push(u16::from(label));
        let image = &record[1..];
        values.extend((0..PLANE_BYTES).flat_map(|pixel| {
            [
                image[pixel],
                image[PLANE_BYTES + pixel],
                image[2 * PLANE_BYTES + pixel],
            ]
        }));
    }
    Ok(())
}

fn from_archive(path: &Path) -> Result<Dataset, DataError> {
    let unreadable = |source| DataError::Read {
        path: path.to_owned(),
        source,
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let (found, expected) = (sha256(file).map_err(unreadable)?, CIFAR10.files[0].sha256);
    if found != expected {
        return Err(DataError::Checksum {
            path: path.to_owned(),
            found,
            expected: expected.to_owned(),
        });
    }
    let archive = read_unpacked(path, MAX_UNPACKED_BYTES).map_err(unreadable)?;
    from_files(&|name| {
        let contents = tar_entry(&archive, name).ok_or_else(|| DataError::Unusable {
            path: path.to_owned(),
            reason: format!("the archive has no file {name}"),
        })?;
        Ok((path.join(name), contents.to_vec()))
    })
}

/// The contents of the file of this name, in any folder of a tar archive.
///
/// An archive is a sequence of 512-byte blocks (POSIX.1-1988, ustar). A header has the name in its first 100 bytes and
/// the size, in octal digits, in the 12 bytes from 124 on; the contents follow, padded with zeros.
fn tar_entry<'a>(archive: &'a [u8], name: &str) -> Option<&'a [u8]> {
    const BLOCK: usize = 512;
    let mut rest = archive;
    while let Some((header, after)) = rest.split_at_checked(BLOCK) {
        let text = |range: std::ops::Range<usize>| {
            let field = header[range].split(|&byte| byte == 0).next().unwrap_or(&[]);
            String::from_utf8_lossy(field).into_owned()
        };
        let size = usize::from_str_radix(text(124..136).trim(), 8).ok()?;
        if text(0..100).rsplit('/').next() == Some(name) {
            return after.get(..size);
        }
        rest = after.get(size.checked_next_multiple_of(BLOCK)?..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_becomes_an_image_with_its_channels_last() {
        let mut record = vec![7];
        record.extend(std::iter::repeat_n(10, PLANE_BYTES));
        record.extend(std::iter::repeat_n(20, PLANE_BYTES));
        record.extend((0..PLANE_BYTES).map(|pixel| pixel as u8));
        let (mut values, mut labels) = (Vec::new(), Vec::new());
        append_records(
            &[record.clone(), record.clone()].concat(),
            &mut values,
            &mut labels,
        )
        .unwrap();
        assert_eq!(labels, [7, 7]);
        assert_eq!(values[..6], [10, 20, 0, 10, 20, 1]);
        assert_eq!(values[3 * PLANE_BYTES + 3 * 255..][..3], [10, 20, 255]);
        for length in 0..record.len() {
            assert!(append_records(&record[..length], &mut values, &mut labels).is_err());
        }
        record[0] = 10;
        assert!(append_records(&record, &mut values, &mut labels).is_err());
    }

    #[test]
    fn a_file_is_found_in_a_tar_archive() {
        let entry = |name: &str, contents: &[u8]| {
            let mut block = vec![0; 512];
            block[..name.len()].copy_from_slice(name.as_bytes());
            let size = format!("{:011o}", contents.len());
            block[124..135].copy_from_slice(size.as_bytes());
            block.extend_from_slice(contents);
            block.resize(block.len().next_multiple_of(512), 0);
            block
        };
        let archive = [
            entry("batches/", b""),
            entry("batches/readme.html", &[1; 700]),
            entry("batches/test_batch.bin", &[2; 600]),
            vec![0; 1024],
        ]
        .concat();
        assert_eq!(tar_entry(&archive, "test_batch.bin"), Some(&[2; 600][..]));
        assert_eq!(tar_entry(&archive, "data_batch_1.bin"), None);
        assert_eq!(tar_entry(&archive[..2100], "test_batch.bin"), None);
    }
}
