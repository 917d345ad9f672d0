//! EMNIST, with letters and digits in equal numbers.

use crate::datasets::known_dataset::{KnownDataset, KnownFile};
use crate::datasets::layout::{IdxFiles, Layout, UnpackedFile};

/// The archive, which contains all parts of EMNIST. Its checksum is that of TensorFlow Datasets
/// (`tensorflow_datasets/url_checksums`).
pub(super) const ARCHIVE: KnownFile = KnownFile {
    name: "gzip.zip",
    size_bytes: 561_753_746,
    sha256: "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
};

pub(super) static DATASET: KnownDataset = KnownDataset {
    name: "emnist-balanced",
    folder: "emnist",
    description: "Handwritten digits and letters, grey, 28 × 28; lower-case letters that look like capitals are merged with them (Cohen et al. 2017)",
    home: "https://www.nist.gov/itl/products-and-services/emnist-dataset",
    licence: "public domain (work of NIST)",
    training_samples: 112_800,
    test_samples: 18_800,
    image: [28, 28, 1],
    classes: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z", "a", "b", "d", "e", "f", "g", "h", "n", "q", "r", "t"],
    moments: None,
    base_url: "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
    files: &[ARCHIVE],
    layout: Layout::Idx(IdxFiles {
        torchvision_folder: "EMNIST",
        files: [
            UnpackedFile {
                name: "emnist-balanced-train-images-idx3-ubyte",
                sha256: None,
            },
            UnpackedFile {
                name: "emnist-balanced-train-labels-idx1-ubyte",
                sha256: None,
            },
            UnpackedFile {
                name: "emnist-balanced-test-images-idx3-ubyte",
                sha256: None,
            },
            UnpackedFile {
                name: "emnist-balanced-test-labels-idx1-ubyte",
                sha256: None,
            },
        ],
        folder_in_archive: Some("gzip"),
        is_transposed: true,
    }),
};
