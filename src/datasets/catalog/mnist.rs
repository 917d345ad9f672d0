//! MNIST.

use crate::datasets::known_dataset::{KnownDataset, KnownFile, Moments};
use crate::datasets::layout::{IdxFiles, Layout, UnpackedFile};

/// The authors' page no longer serves everyone; the files are those of the Computer Vision Data Foundation: the
/// authors' gzipped files. The checksums of the downloads are those of TensorFlow Datasets
/// (`tensorflow_datasets/url_checksums`).
pub(super) static DATASET: KnownDataset = KnownDataset {
    name: "mnist",
    folder: "mnist",
    description: "Handwritten digits, grey, 28 × 28 (LeCun et al. 1998)",
    home: "http://yann.lecun.com/exdb/mnist/",
    licence: "CC BY-SA 3.0",
    training_samples: 60_000,
    test_samples: 10_000,
    image: [28, 28, 1],
    classes: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    // PyTorch's MNIST example.
    moments: Some(Moments {
        mean: &[0.1307],
        standard_deviation: &[0.3081],
    }),
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
    layout: Layout::Idx(IdxFiles {
        torchvision_folder: "MNIST",
        files: [
            UnpackedFile {
                name: "train-images-idx3-ubyte",
                sha256: Some("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
            },
            UnpackedFile {
                name: "train-labels-idx1-ubyte",
                sha256: Some("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
            },
            UnpackedFile {
                name: "t10k-images-idx3-ubyte",
                sha256: Some("0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
            },
            UnpackedFile {
                name: "t10k-labels-idx1-ubyte",
                sha256: Some("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
            },
        ],
        folder_in_archive: None,
        is_transposed: false,
    }),
};
