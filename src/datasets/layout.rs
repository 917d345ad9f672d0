//! How the files of a data set are organised.

/// How the files of a data set are organised, which decides how they are read.
#[derive(Debug)]
pub enum Layout {
    /// Four files in MNIST's format.
    Idx(IdxFiles),
    /// Files of records, as in the binary versions of CIFAR.
    Cifar(CifarFiles),
}

/// Files in MNIST's format, gzipped or not.
#[derive(Debug)]
pub struct IdxFiles {
    /// torchvision's folder of the data set; the files are in its subfolder `raw`.
    pub torchvision_folder: &'static str,
    /// Training images and labels, then test images and labels.
    pub files: [UnpackedFile; 4],
    /// The folder of the gzipped files in a zip archive, which is the only file to download; `None` if the files are
    /// downloaded one by one.
    pub folder_in_archive: Option<&'static str>,
    /// Whether rows and columns of the images are exchanged.
    pub is_transposed: bool,
}

/// Files of records, each a label and an image whose channels follow each other.
#[derive(Debug)]
pub struct CifarFiles {
    /// The files of the training set, in this order.
    pub training: &'static [UnpackedFile],
    /// The file of the test set.
    pub test: UnpackedFile,
    /// The bytes before an image; the last of them is the label.
    pub label_bytes: usize,
    /// The folder of the files in the archive.
    pub archive_folder: &'static str,
    /// Other versions of the data set, and what to do about them.
    pub unsupported: &'static [(&'static str, &'static str)],
}

impl CifarFiles {
    /// All files, the test set last.
    pub fn files(&self) -> impl Iterator<Item = &UnpackedFile> {
        self.training.iter().chain([&self.test])
    }
}

/// An unpacked file: the same contents may be compressed in many ways.
#[derive(Debug)]
pub struct UnpackedFile {
    /// The file's name, without `.gz`.
    pub name: &'static str,
    /// The SHA-256 of its contents, not compressed; `None` if nobody publishes it.
    pub sha256: Option<&'static str>,
}
