//! The digits of EMNIST.

use super::emnist_balanced::ARCHIVE;
use crate::datasets::known_dataset::KnownDataset;
use crate::datasets::layout::{IdxFiles, Layout, UnpackedFile};

pub(super) static DATASET: KnownDataset = KnownDataset {
    name: "emnist-digits",
    folder: "emnist",
    description: "Handwritten digits, grey, 28 × 28, four times as many as in MNIST (Cohen et al. 2017)",
    home: "https://www.nist.gov/itl/products-and-services/emnist-dataset",
    licence: "public domain (work of NIST)",
    training_samples: 240_000,
    test_samples: 40_000,
    image: [28, 28, 1],
    classes: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    moments: None,
    base_url: "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
    files: &[ARCHIVE],
    layout: Layout::Idx(IdxFiles {
        torchvision_folder: "EMNIST",
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
