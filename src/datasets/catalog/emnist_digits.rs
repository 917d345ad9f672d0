//! The digits of EMNIST.

use crate::datasets::known_dataset::{KnownDataset, KnownFile};
use crate::datasets::layout::{IdxFiles, Layout, UnpackedFile};

/// The archive contains all parts of EMNIST. Its checksum is that of TensorFlow Datasets
/// (`tensorflow_datasets/url_checksums`).
pub(super) static DATASET: KnownDataset = KnownDataset {
    name: "emnist-digits",
    folder: "emnist",
    description: "Handwritten digits, grey, 28 × 28, four times as many as in MNIST (Cohen et al. 2017)",
    home: "https://www.nist.gov/itl/products-and-services/emnist-dataset",
    licence: "public domain (work of NIST)",
    torchvision_folder: "EMNIST",
    training_samples: 240_000,
    test_samples: 40_000,
    image: [28, 28, 1],
    classes: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    moments: None,
    base_url: "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
    files: &[KnownFile {
        name: "gzip.zip",
        size_bytes: 561_753_746,
        sha256: "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
    }],
    layout: Layout::Idx(IdxFiles {
        files: [
            UnpackedFile {
                name: "emnist-digits-train-images-idx3-ubyte",
                sha256: None,
            },
            UnpackedFile {
                name: "emnist-digits-train-labels-idx1-ubyte",
                sha256: None,
            },
            UnpackedFile {
                name: "emnist-digits-test-images-idx3-ubyte",
                sha256: None,
            },
            UnpackedFile {
                name: "emnist-digits-test-labels-idx1-ubyte",
                sha256: None,
            },
        ],
        folder_in_archive: Some("gzip"),
        is_transposed: true,
    }),
};
