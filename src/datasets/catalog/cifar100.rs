//! The binary version of CIFAR-100, with its 100 fine classes.

use crate::datasets::known_dataset::{KnownDataset, KnownFile, Moments};
use crate::datasets::layout::{CifarFiles, Layout, UnpackedFile};

/// The checksum of the download is that of TensorFlow Datasets (`tensorflow_datasets/url_checksums`), those of the
/// files in the archive are those of the Ruby package torchvision. The classes are in `fine_label_names.txt` of the
/// archive.
pub(super) static DATASET: KnownDataset = KnownDataset {
    name: "cifar100",
    folder: "cifar100",
    description: "Animals, plants, people and things, colour, 32 × 32 (Krizhevsky 2009)",
    home: "https://www.cs.toronto.edu/~kriz/cifar.html",
    licence: "none stated; the page asks to cite the report",
    training_samples: 50_000,
    test_samples: 10_000,
    image: [32, 32, 3],
    classes: &["apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl", "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair", "chimpanzee", "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard", "lamp", "lawn_mower", "leopard", "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle", "mountain", "mouse", "mushroom", "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck", "pine_tree", "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road", "rocket", "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake", "spider", "squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank", "telephone", "television", "tiger", "tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree", "wolf", "woman", "worm"],
    // As PyTorch users commonly round them.
    moments: Some(Moments {
        mean: &[0.5071, 0.4865, 0.4409],
        standard_deviation: &[0.2673, 0.2564, 0.2762],
    }),
    base_url: "https://www.cs.toronto.edu/~kriz/",
    files: &[KnownFile {
    name: "cifar-100-binary.tar.gz",
    size_bytes: 168_513_733,
    sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
}],
    layout: Layout::Cifar(CifarFiles {
        training: &[
            UnpackedFile {
                name: "train.bin",
                sha256: Some("f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29"),
            },
        ],
        test: UnpackedFile {
            name: "test.bin",
            sha256: Some("d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a"),
        },
        label_bytes: 2,
        archive_folder: "cifar-100-binary",
        unsupported: &[
            ("cifar-100-python.tar.gz", PYTHON_FORMAT),
            ("cifar-100-python", PYTHON_FORMAT),
            ("cifar-100-matlab.tar.gz", MATLAB_FORMAT),
            ("cifar-100-matlab", MATLAB_FORMAT),
            ("cifar-100-binary.tar", TAR),
        ],
    }),
};

const PYTHON_FORMAT: &str = "it is the Python version of CIFAR-100 (pickle), which is not supported; get the binary version, \
                           cifar-100-binary.tar.gz, with `tp-sweep data fetch cifar100`";
const MATLAB_FORMAT: &str = "it is the MATLAB version of CIFAR-100, which is not supported; get the binary version, \
                           cifar-100-binary.tar.gz, with `tp-sweep data fetch cifar100`";
const TAR: &str =
    "it is a tar archive without gzip, which is not supported; run `tar -xf` on it in this folder";
