//! KMNIST (Kuzushiji-MNIST).

use crate::datasets::known_dataset::{KnownDataset, KnownFile};
use crate::datasets::layout::{IdxFiles, Layout, UnpackedFile};

/// The checksums of the downloads are those of TensorFlow Datasets (`tensorflow_datasets/url_checksums`). The
/// classes are the modern hiragana that the characters stand for, transcribed: お き す つ な は ま や れ を.
pub(super) static DATASET: KnownDataset = KnownDataset {
    name: "kmnist",
    folder: "kmnist",
    description: "Cursive Japanese characters, grey, 28 × 28 (Clanuwat et al. 2018)",
    home: "https://github.com/rois-codh/kmnist",
    licence: "CC BY-SA 4.0",
    training_samples: 60_000,
    test_samples: 10_000,
    image: [28, 28, 1],
    classes: &["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
    moments: None,
    base_url: "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    files: &[
        KnownFile {
            name: "train-images-idx3-ubyte.gz",
            size_bytes: 18_165_135,
            sha256: "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
        },
        KnownFile {
            name: "train-labels-idx1-ubyte.gz",
            size_bytes: 29_497,
            sha256: "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
        },
        KnownFile {
            name: "t10k-images-idx3-ubyte.gz",
            size_bytes: 3_041_136,
            sha256: "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
        },
        KnownFile {
            name: "t10k-labels-idx1-ubyte.gz",
            size_bytes: 5_120,
            sha256: "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
        },
    ],
    layout: Layout::Idx(IdxFiles {
        torchvision_folder: "KMNIST",
        files: [
            UnpackedFile {
                name: "train-images-idx3-ubyte",
                sha256: None,
            },
            UnpackedFile {
                name: "train-labels-idx1-ubyte",
                sha256: None,
            },
            UnpackedFile {
                name: "t10k-images-idx3-ubyte",
                sha256: None,
            },
            UnpackedFile {
                name: "t10k-labels-idx1-ubyte",
                sha256: None,
            },
        ],
        folder_in_archive: None,
        is_transposed: false,
    }),
};
