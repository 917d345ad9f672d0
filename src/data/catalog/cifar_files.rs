//! Data sets in the format of CIFAR's binary versions: files of records, each a label and an image.
//!
//! A record of CIFAR-10 has 3,073 bytes: the label, then 1,024 bytes each of red, green and blue, row by row
//! (Krizhevsky, `readme.html` of the archive). In CIFAR-100, a coarse label precedes the label.

use super::checksum::sha256;
use super::search::{folders_of, missing};
use crate::data::error::DataError;
use crate::data::formats::gzip::read_unpacked;
use crate::data::samples::dataset::{Dataset, Samples, Values};
use crate::datasets::{CifarFiles, KnownSet, UnpackedFile};
use crate::spec::DatasetInfo;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The maximum size of a file and of an unpacked archive; that of CIFAR-10 has 184,380,928 bytes.
const MAX_UNPACKED_BYTES: u64 = 256 << 20;

/// A data set in this format.
#[derive(Clone, Copy)]
pub(crate) struct CifarSet {
    pub(crate) set: KnownSet,
    pub(crate) files: &'static CifarFiles,
}

/// Where the data is found.
pub(crate) enum Location {
    /// A folder with all files.
    Folder(PathBuf),
    /// The original archive.
    Archive(PathBuf),
}

impl CifarSet {
    /// Loads the data set from the first of `folders` that has its files or its archive.
    pub(crate) fn load(self, folders: &[PathBuf]) -> Result<Dataset, DataError> {
        match self.find_complete(folders) {
            Some(Location::Folder(folder)) => self.read_files(&|name| {
                let path = folder.join(name);
                crate::bounded_io::read_file(&path, MAX_UNPACKED_BYTES)
                    .map(|bytes| (path.clone(), bytes))
                    .map_err(|source| DataError::Read { path, source })
            }),
            Some(Location::Archive(path)) => self.read_archive(&path),
            None => Err(self.not_found(folders)),
        }
    }

    /// The sizes without reading the files: the published ones, unless a folder has files of other sizes.
    pub(crate) fn info(self, published: DatasetInfo, folders: &[PathBuf]) -> DatasetInfo {
        let Some(Location::Folder(folder)) = self.find_complete(folders) else {
            return published;
        };
        let records = |file: &UnpackedFile| {
            let size = std::fs::metadata(folder.join(file.name)).ok()?.len() as usize;
            let is_whole = size > 0 && size.is_multiple_of(self.record_bytes());
            is_whole.then(|| size / self.record_bytes())
        };
        let training_samples: Option<usize> = self.files.training.iter().map(records).sum();
        match (training_samples, records(&self.files.test)) {
            (Some(training_samples), Some(test_samples)) => DatasetInfo {
                training_samples,
                test_samples,
                ..published
            },
            // Loading says what is wrong with a file.
            _ => published,
        }
    }

    fn record_bytes(self) -> usize {
        self.files.label_bytes + self.set.features()
    }

    fn archive_name(self) -> &'static str {
        self.set.files[0].name
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        self.files.files().map(|file| file.name)
    }

    fn first_name(self) -> &'static str {
        self.files.training[0].name
    }

    fn search_folders(self, folders: &[PathBuf]) -> Vec<PathBuf> {
        let inside = self.files.archive_folder;
        // Some programs unpack the archive into a folder named like the archive.
        let unpacked = |folder: PathBuf| {
            let archive = folder.join(self.archive_name());
            let below = archive.is_dir().then(|| [archive.join(inside), archive]);
            [folder.join(inside), folder]
                .into_iter()
                .chain(below.into_iter().flatten())
        };
        folders_of(self.set, folders)
            .into_iter()
            .flat_map(unpacked)
            .collect()
    }

    /// The error that no folder has the data; it names an incomplete folder or an unsupported format if there is
    /// one.
    fn not_found(self, folders: &[PathBuf]) -> DataError {
        let searched = self.search_folders(folders);
        let unusable = |path: PathBuf, reason: String| DataError::Unusable { path, reason };
        for folder in &searched {
            let has = |name: &&str| folder.join(name).is_file();
            if self.names().any(|name| has(&name))
                && let Some(name) = self.names().find(|name| !has(name))
            {
                return unusable(folder.clone(), format!("it has no file {name}"));
            }
        }
        for (name, reason) in self.files.unsupported {
            let found = searched.iter().map(|folder| folder.join(name));
            if let Some(path) = found.into_iter().find(|path| path.exists()) {
                return unusable(path, (*reason).to_owned());
            }
        }
        missing(self.set, self.archive_name().to_owned(), searched)
    }

    /// The data in the first of the folders that has all of it.
    pub(crate) fn find_complete(self, folders: &[PathBuf]) -> Option<Location> {
        self.find(folders, |folder| {
            self.names().all(|name| folder.join(name).is_file())
        })
    }

    /// The data in the first of the folders that has any of it.
    pub(crate) fn find_any(self, folders: &[PathBuf]) -> Option<Location> {
        self.find(folders, |folder| folder.join(self.first_name()).is_file())
    }

    fn find(self, folders: &[PathBuf], has_files: impl Fn(&Path) -> bool) -> Option<Location> {
        self.search_folders(folders).into_iter().find_map(|folder| {
            let archive = folder.join(self.archive_name());
            if has_files(&folder) {
                Some(Location::Folder(folder))
            } else {
                archive.is_file().then_some(Location::Archive(archive))
            }
        })
    }

    /// The data set from its files, which `read` returns by name.
    fn read_files(self, read: &dyn Fn(&str) -> NamedBytes) -> Result<Dataset, DataError> {
        let samples = |files: &[UnpackedFile]| {
            let (mut values, mut labels) = (Vec::new(), Vec::new());
            for file in files {
                let (path, bytes) = read(file.name)?;
                self.append_records(&bytes, &mut values, &mut labels)
                    .map_err(|reason| DataError::Unusable { path, reason })?;
            }
            Ok::<_, DataError>(Samples {
                values: Values::Bytes(values),
                features: self.set.features(),
                labels,
            })
        };
        let train = samples(self.files.training)?;
        let test = samples(std::slice::from_ref(&self.files.test))?;
        Ok(Dataset::known(self.set, train, test))
    }

    /// Appends the records of one file; the channels become the last dimension.
    fn append_records(
        self,
        bytes: &[u8],
        values: &mut Vec<u8>,
        labels: &mut Vec<u16>,
    ) -> Result<(), String> {
        let record_bytes = self.record_bytes();
        if bytes.is_empty() || !bytes.len().is_multiple_of(record_bytes) {
            return Err(format!(
                "it has {} bytes, which is not a multiple of the record size {record_bytes}",
                bytes.len()
            ));
        }
        let [height, width, channels] = self.set.image;
        let plane = height * width;
        values.reserve(bytes.len());
        for (index, record) in bytes.chunks_exact(record_bytes).enumerate() {
            let (label_bytes, image) = record.split_at(self.files.label_bytes);
            let label = label_bytes[label_bytes.len() - 1];
            let classes = self.set.classes.len();
            if usize::from(label) >= classes {
                return Err(format!(
                    "record {} has the label {label}; labels are 0 to {}",
                    index + 1,
                    classes - 1
                ));
            }
            labels.push(u16::from(label));
            let pixel =
                |pixel: usize| (0..channels).map(move |channel| image[channel * plane + pixel]);
            values.extend((0..plane).flat_map(pixel));
        }
        Ok(())
    }

    fn read_archive(self, path: &Path) -> Result<Dataset, DataError> {
        let unreadable = |source| DataError::Read {
            path: path.to_owned(),
            source,
        };
        let file = std::fs::File::open(path).map_err(unreadable)?;
        let (found, expected) = (sha256(file).map_err(unreadable)?, self.set.files[0].sha256);
        if found != expected {
            return Err(DataError::Checksum {
                path: path.to_owned(),
                found,
                expected: expected.to_owned(),
            });
        }
        let archive = read_unpacked(path, MAX_UNPACKED_BYTES).map_err(unreadable)?;
        self.read_files(
            &|name| match tar_entry(&archive, name).map_err(unreadable)? {
                Some(contents) => Ok((path.join(name), contents)),
                None => Err(DataError::Unusable {
                    path: path.to_owned(),
                    reason: format!("the archive has no file {name}"),
                }),
            },
        )
    }
}

/// A file's path and contents.
type NamedBytes = Result<(PathBuf, Vec<u8>), DataError>;

/// The contents of the file of this name, in any folder of a tar archive.
fn tar_entry(archive: &[u8], name: &str) -> std::io::Result<Option<Vec<u8>>> {
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        if entry.path()?.file_name().is_some_and(|found| found == name) {
            let mut contents = Vec::new();
            entry.read_to_end(&mut contents)?;
            // A truncated archive ends within an entry.
            if contents.len() as u64 != entry.size() {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            return Ok(Some(contents));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::Layout;

    fn cifar(name: &str) -> CifarSet {
        let set = KnownSet::named(name).unwrap();
        match &KnownSet::definition(set).layout {
            Layout::Cifar(files) => CifarSet { set, files },
            Layout::Idx(_) => panic!("{name} has another format"),
        }
    }

    #[test]
    fn a_record_becomes_an_image_with_its_channels_last() {
        const PLANE_BYTES: usize = 32 * 32;
        let cifar10 = cifar("cifar10");
        let mut record = vec![7];
        record.extend(std::iter::repeat_n(10, PLANE_BYTES));
        record.extend(std::iter::repeat_n(20, PLANE_BYTES));
        record.extend((0..PLANE_BYTES).map(|pixel| pixel as u8));
        let (mut values, mut labels) = (Vec::new(), Vec::new());
        let twice = [record.clone(), record.clone()].concat();
        let read = cifar10.append_records(&twice, &mut values, &mut labels);
        read.unwrap();
        assert_eq!(labels, [7, 7]);
        assert_eq!(values[..6], [10, 20, 0, 10, 20, 1]);
        assert_eq!(values[3 * PLANE_BYTES + 3 * 255..][..3], [10, 20, 255]);
        let mut is_refused = |bytes: &[u8]| {
            let read = cifar10.append_records(bytes, &mut values, &mut labels);
            read.is_err()
        };
        for length in 0..record.len() {
            assert!(is_refused(&record[..length]));
        }
        record[0] = 10;
        assert!(is_refused(&record));
    }

    #[test]
    fn a_file_is_found_in_a_tar_archive() {
        let mut archive = tar::Builder::new(Vec::new());
        for (name, contents) in [
            ("readme.html", vec![1; 700]),
            ("test_batch.bin", vec![2; 600]),
        ] {
            let mut header = tar::Header::new_gnu();
            header.set_size(contents.len() as u64);
            header.set_cksum();
            let path = format!("batches/{name}");
            archive
                .append_data(&mut header, path, &contents[..])
                .unwrap();
        }
        let archive = archive.into_inner().unwrap();
        let found = |archive: &[u8], name: &str| tar_entry(archive, name).ok().flatten();
        assert_eq!(found(&archive, "test_batch.bin"), Some(vec![2; 600]));
        assert_eq!(found(&archive, "data_batch_1.bin"), None);
        assert_eq!(found(&archive[..2100], "test_batch.bin"), None);
    }
}
