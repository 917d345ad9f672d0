//! The binary version of CIFAR-10.

use crate::datasets::known_dataset::{KnownDataset, KnownFile, Moments};
use crate::datasets::layout::{CifarFiles, Layout, UnpackedFile};

/// The checksum of the download is that of TensorFlow Datasets (`tensorflow_datasets/url_checksums`), those of the
/// files in the archive are those of the Ruby package torchvision. The classes are in `batches.meta.txt` of the
/// archive.
pub(super) static DATASET: KnownDataset = KnownDataset {
    name: "cifar10",
    folder: "cifar10",
    description: "Animals and vehicles, colour, 32 × 32 (Krizhevsky 2009)",
    home: "https://www.cs.toronto.edu/~kriz/cifar.html",
    licence: "none stated; the page asks to cite the report",
    training_samples: 50_000,
    test_samples: 10_000,
    image: [32, 32, 3],
    classes: &["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
    // Computed from the training images; PyTorch users commonly round to these values.
    moments: Some(Moments {
        mean: &[0.4914, 0.4822, 0.4465],
        standard_deviation: &[0.2470, 0.2435, 0.2616],
    }),
    base_url: "https://www.cs.toronto.edu/~kriz/",
    files: &[KnownFile {
    name: "cifar-10-binary.tar.gz",
    size_bytes: 170_052_171,
    sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
}],
    layout: Layout::Cifar(CifarFiles {
        training: &[
            UnpackedFile {
                name: "data_batch_1.bin",
                sha256: Some("cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
            },
            UnpackedFile {
                name: "data_batch_2.bin",
                sha256: Some("a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
            },
            UnpackedFile {
                name: "data_batch_3.bin",
                sha256: Some("bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
            },
            UnpackedFile {
                name: "data_batch_4.bin",
                sha256: Some("014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
            },
            UnpackedFile {
                name: "data_batch_5.bin",
                sha256: Some("755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
            },
        ],
        test: UnpackedFile {
            name: "test_batch.bin",
            sha256: Some("8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"),
        },
        label_bytes: 1,
        archive_folder: "cifar-10-batches-bin",
        unsupported: &[
            ("cifar-10-python.tar.gz", PYTHON_FORMAT),
            ("cifar-10-batches-py", PYTHON_FORMAT),
            ("cifar-10-matlab.tar.gz", MATLAB_FORMAT),
            ("cifar-10-batches-mat", MATLAB_FORMAT),
            ("cifar-10-binary.tar", TAR),
        ],
    }),
};

const PYTHON_FORMAT: &str = "it is the Python version of CIFAR-10 (pickle), which is not supported; get the binary version, \
                           cifar-10-binary.tar.gz, with `tp-sweep data fetch cifar10`";
const MATLAB_FORMAT: &str = "it is the MATLAB version of CIFAR-10, which is not supported; get the binary version, \
                           cifar-10-binary.tar.gz, with `tp-sweep data fetch cifar10`";
const TAR: &str =
    "it is a tar archive without gzip, which is not supported; run `tar -xf` on it in this folder";
