//! The data sets known by name: their files, URLs and checksums.
//!
//! The SHA-256 checksums of the downloads are those of TensorFlow Datasets
//! (`tensorflow_datasets/url_checksums`).

use crate::spec::DatasetKind;

/// A data set known by name.
#[derive(Debug)]
pub struct KnownDataset {
    /// Its name in a sweep file.
    pub set: DatasetKind,
    /// The files to download.
    pub files: &'static [KnownFile],
    /// The URL of the folder of its files, with a `/` at the end.
    pub base_url: &'static str,
    /// The unpacked files: for IDX, training images and labels, then test images and labels; for CIFAR-10, the
    /// training batches, then the test batch.
    pub(crate) unpacked_files: &'static [UnpackedFile],
}

/// A file to download.
#[derive(Debug)]
pub struct KnownFile {
    /// Its name.
    pub name: &'static str,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Its SHA-256.
    pub sha256: &'static str,
}

/// An unpacked file: the same contents may be compressed in many ways.
#[derive(Debug)]
pub(crate) struct UnpackedFile {
    /// The file's name, without `.gz`.
    pub name: &'static str,
    /// The SHA-256 of its contents, not compressed.
    pub sha256: &'static str,
}

/// Handwritten digits. The authors' page no longer serves everyone; this is the copy of the Computer Vision Data
/// Foundation, with the authors' gzipped files.
pub(crate) static MNIST: KnownDataset = KnownDataset {
    set: DatasetKind::Mnist,
    base_url: "https://storage.googleapis.com/cvdf-datasets/mnist/",
    files: &[
        KnownFile {
            name: "train-images-idx3-ubyte.gz",
            size_bytes: 9_912_422,
            sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        },
        KnownFile {
            name: "train-labels-idx1-ubyte.gz",
            size_bytes: 28_881,
            sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        },
        KnownFile {
            name: "t10k-images-idx3-ubyte.gz",
            size_bytes: 1_648_877,
            sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        },
        KnownFile {
            name: "t10k-labels-idx1-ubyte.gz",
            size_bytes: 4_542,
            sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        },
    ],
    unpacked_files: &[
        UnpackedFile {
            name: "train-images-idx3-ubyte",
            sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        },
        UnpackedFile {
            name: "train-labels-idx1-ubyte",
            sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        },
        UnpackedFile {
            name: "t10k-images-idx3-ubyte",
            sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        },
        UnpackedFile {
            name: "t10k-labels-idx1-ubyte",
            sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        },
    ],
};

/// Clothes. The checksums of the unpacked files are those of Debian's package dataset-fashion-mnist.
pub(crate) static FASHION_MNIST: KnownDataset = KnownDataset {
    set: DatasetKind::FashionMnist,
    base_url: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    files: &[
        KnownFile {
            name: "train-images-idx3-ubyte.gz",
            size_bytes: 26_421_880,
            sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        },
        KnownFile {
            name: "train-labels-idx1-ubyte.gz",
            size_bytes: 29_515,
            sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        },
        KnownFile {
            name: "t10k-images-idx3-ubyte.gz",
            size_bytes: 4_422_102,
            sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        },
        KnownFile {
            name: "t10k-labels-idx1-ubyte.gz",
            size_bytes: 5_148,
            sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        },
    ],
    unpacked_files: &[
        UnpackedFile {
            name: "train-images-idx3-ubyte",
            sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        },
        UnpackedFile {
            name: "train-labels-idx1-ubyte",
            sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        },
        UnpackedFile {
            name: "t10k-images-idx3-ubyte",
            sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        },
        UnpackedFile {
            name: "t10k-labels-idx1-ubyte",
            sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        },
    ],
};

/// Animals and vehicles: the binary version of CIFAR-10. The checksums of the files in the archive are those of the
/// Ruby package torchvision.
pub(crate) static CIFAR10: KnownDataset = KnownDataset {
    set: DatasetKind::Cifar10,
    base_url: "https://www.cs.toronto.edu/~kriz/",
    files: &[KnownFile {
        name: "cifar-10-binary.tar.gz",
        size_bytes: 170_052_171,
        sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    }],
    unpacked_files: &[
        UnpackedFile {
            name: "data_batch_1.bin",
            sha256: "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
        },
        UnpackedFile {
            name: "data_batch_2.bin",
            sha256: "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
        },
        UnpackedFile {
            name: "data_batch_3.bin",
            sha256: "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
        },
        UnpackedFile {
            name: "data_batch_4.bin",
            sha256: "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
        },
        UnpackedFile {
            name: "data_batch_5.bin",
            sha256: "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
        },
        UnpackedFile {
            name: "test_batch.bin",
            sha256: "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
        },
    ],
};

impl KnownDataset {
    /// Every data set known by name.
    pub const ALL: [&'static Self; 3] = [&MNIST, &FASHION_MNIST, &CIFAR10];

    /// The data set of this name; `None` for the user's data.
    pub fn of(set: DatasetKind) -> Option<&'static Self> {
        Self::ALL.into_iter().find(|dataset| dataset.set == set)
    }

    /// The name of the folder of its files in a data folder.
    pub fn folder(&self) -> &'static str {
        self.set.name()
    }

    /// The name of the folder of its files in torchvision's data folder.
    pub(crate) fn torchvision_folder(&self) -> &'static str {
        match self.set {
            DatasetKind::Mnist => "MNIST",
            DatasetKind::FashionMnist => "FashionMNIST",
            _ => self.folder(),
        }
    }
}
