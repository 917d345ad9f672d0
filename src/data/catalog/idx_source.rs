//! Where the IDX files of a data set are read from: a folder, or an archive.

use super::checksum::sha256;
use super::search::{archive_of, folders_of, idx_file, idx_folders, missing};
use crate::data::error::DataError;
use crate::data::formats::gzip::{is_gzipped, read_unpacked, unpack};
use crate::datasets::{IdxFiles, KnownSet};
use std::fs::File;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};

/// Where all IDX files of a data set are read from.
pub(crate) enum IdxSource {
    /// A folder with all of them, gzipped or not.
    Folder(PathBuf),
    /// A zip archive, and the folder of the gzipped files in it.
    Archive(PathBuf, &'static str),
}

impl IdxSource {
    /// The first folder that has all files, or the archive.
    pub(crate) fn find(set: KnownSet, files: &IdxFiles, folders: &[PathBuf]) -> Option<Self> {
        let is_complete = |folder: &PathBuf| {
            let mut files = files.files.iter();
            files.all(|file| idx_file(folder, file.name).is_some())
        };
        let searched = idx_folders(set, files, folders);
        if let Some(folder) = searched.into_iter().find(is_complete) {
            return Some(Self::Folder(folder));
        }
        let inside = files.folder_in_archive?;
        archive_of(set, folders).map(|archive| Self::Archive(archive, inside))
    }

    /// The first folder that has any of the files.
    pub(crate) fn incomplete_folder(
        set: KnownSet,
        files: &IdxFiles,
        folders: &[PathBuf],
    ) -> Option<PathBuf> {
        let has_any = |folder: &PathBuf| {
            let mut files = files.files.iter();
            files.any(|file| idx_file(folder, file.name).is_some())
        };
        idx_folders(set, files, folders).into_iter().find(has_any)
    }

    /// The error that no folder has all files: it names the first missing file of an incomplete folder.
    pub(crate) fn not_found(set: KnownSet, files: &IdxFiles, folders: &[PathBuf]) -> DataError {
        let incomplete = Self::incomplete_folder(set, files, folders);
        let is_missing = |name: &str| {
            let folder = incomplete.as_ref();
            folder.is_none_or(|folder| idx_file(folder, name).is_none())
        };
        let archive = set.definition().files[0].name;
        if incomplete.is_none() && files.folder_in_archive.is_some() {
            return missing(set, archive.to_owned(), folders_of(set, folders));
        }
        let mut names = files.files.iter().map(|file| file.name);
        let name = names.find(|name| is_missing(name)).unwrap_or(archive);
        let searched = match incomplete {
            Some(folder) => vec![folder],
            None => idx_folders(set, files, folders),
        };
        missing(set, format!("{name}.gz"), searched)
    }

    /// The path of the folder or of the archive.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Folder(path) | Self::Archive(path, _) => path,
        }
    }

    /// The path of a file, for messages.
    pub(crate) fn path_of(&self, name: &str) -> PathBuf {
        match self {
            Self::Folder(folder) => idx_file(folder, name).unwrap_or_else(|| folder.join(name)),
            Self::Archive(archive, folder) => archive.join(folder).join(format!("{name}.gz")),
        }
    }

    /// The first `limit` bytes of a file, unpacked.
    ///
    /// # Errors
    /// A file that cannot be read; an archive without it.
    pub(crate) fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>> {
        match self {
            Self::Folder(_) => read_unpacked(&self.path_of(name), limit),
            Self::Archive(archive, folder) => {
                read_member(archive, &format!("{folder}/{name}.gz"), limit)
            }
        }
    }

    /// Compares what was downloaded with the original, where that is possible: the archive, or a file whose contents
    /// have no published checksum and which is still gzipped.
    ///
    /// # Errors
    /// A file that cannot be read, or that is not the original.
    pub(crate) fn verify_download(
        &self,
        set: KnownSet,
        name: &str,
    ) -> std::result::Result<(), DataError> {
        let path = match self {
            Self::Folder(_) => self.path_of(name),
            Self::Archive(archive, _) => archive.clone(),
        };
        match compare_with_download(set, &path) {
            Ok(None) => Ok(()),
            Ok(Some((found, expected))) if found == expected => Ok(()),
            Ok(Some((found, expected))) => Err(DataError::Checksum {
                path,
                found,
                expected: expected.to_owned(),
            }),
            Err(source) => Err(DataError::Read { path, source }),
        }
    }
}

/// The SHA-256 of a file and that of the original download; `None` if it is not as it was downloaded.
pub(super) fn compare_with_download(
    set: KnownSet,
    path: &Path,
) -> Result<Option<(String, &'static str)>> {
    let mut downloads = set.definition().files.iter();
    let Some(download) = downloads.find(|download| path.ends_with(download.name)) else {
        return Ok(None);
    };
    // Browsers unpack a file while they download it, and keep its name.
    if download.name.ends_with(".gz") && !is_gzipped(path)? {
        return Ok(None);
    }
    Ok(Some((sha256(File::open(path)?)?, download.sha256)))
}

fn read_member(archive: &Path, name: &str, limit: u64) -> Result<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(File::open(archive)?).map_err(Error::other)?;
    let member = archive.by_name(name).map_err(Error::other)?;
    unpack(member, limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::Layout;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn idx_files(name: &str) -> (KnownSet, &'static IdxFiles) {
        let set = KnownSet::named(name).unwrap();
        match &KnownSet::definition(set).layout {
            Layout::Idx(files) => (set, files),
            Layout::Cifar(_) => panic!("{name} has another format"),
        }
    }

    fn gzipped(contents: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(contents).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn files_of_an_archive_are_read_and_the_archive_is_compared_with_the_original() {
        let (set, files) = idx_files("emnist-digits");
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_owned()];
        let path = folder.path().join("emnist/gzip.zip");
        std::fs::create_dir(folder.path().join("emnist")).unwrap();
        let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
        let name = files.files[1].name;
        let options = zip::write::SimpleFileOptions::default();
        archive
            .start_file(format!("gzip/{name}.gz"), options)
            .unwrap();
        archive.write_all(&gzipped(&[7; 3000])).unwrap();
        archive.finish().unwrap();
        let source = IdxSource::find(set, files, &folders).unwrap();
        assert_eq!(source.path(), path);
        assert_eq!(source.read(name, 2999).unwrap(), [7; 2999]);
        assert!(source.read(files.files[0].name, 3000).is_err());
        let error = source.verify_download(set, name).unwrap_err();
        assert!(matches!(error, DataError::Checksum { .. }), "{error}");
        // Every cut of the archive is refused, whatever is left of it.
        let whole = std::fs::read(&path).unwrap();
        for length in (0..whole.len()).step_by(7) {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(source.read(name, 3000).is_err(), "{length} bytes");
        }
        // A single unpacked file does not hide the archive; all of them do, as `unzip` leaves them.
        let unpacked = folder.path().join("emnist/gzip");
        std::fs::create_dir(&unpacked).unwrap();
        for file in &files.files {
            let found = IdxSource::find(set, files, &folders).unwrap();
            assert_eq!(found.path(), path);
            std::fs::write(unpacked.join(format!("{}.gz", file.name)), "").unwrap();
        }
        let found = IdxSource::find(set, files, &folders).unwrap();
        assert_eq!(found.path(), unpacked);
    }

    #[test]
    fn files_without_checksums_are_read_from_a_folder_of_the_set_alone() {
        let (set, files) = idx_files("kmnist");
        let folder = tempfile::tempdir().unwrap();
        let fill = |subfolder: &str, contents: &[u8]| {
            let folder = folder.path().join(subfolder);
            std::fs::create_dir_all(&folder).unwrap();
            for file in &files.files {
                std::fs::write(folder.join(format!("{}.gz", file.name)), contents).unwrap();
            }
        };
        let found = |subfolder: &str| {
            let folders = [folder.path().join(subfolder)];
            IdxSource::find(set, files, &folders)
        };
        // MNIST's files have the same names.
        for subfolder in ["", "raw", "mnist", "MNIST/raw"] {
            fill(subfolder, b"");
        }
        assert!(found("").is_none() && found("mnist").is_none() && found("MNIST").is_none());
        fill("kmnist", b"as a browser unpacks it");
        let source = found("").unwrap();
        assert_eq!(source.path(), folder.path().join("kmnist"));
        assert_eq!(found("kmnist").unwrap().path(), source.path());
        source.verify_download(set, files.files[0].name).unwrap();
        fill("kmnist", &gzipped(b"of another data set"));
        let error = source
            .verify_download(set, files.files[0].name)
            .unwrap_err();
        assert!(matches!(error, DataError::Checksum { .. }), "{error}");
        std::fs::remove_dir_all(folder.path().join("kmnist")).unwrap();
        fill("KMNIST/raw", b"");
        assert!(found("").is_some());
    }
}
