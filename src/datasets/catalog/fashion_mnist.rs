//! Fashion-MNIST.

use crate::datasets::known_dataset::{KnownDataset, KnownFile, Moments};
use crate::datasets::layout::{IdxFiles, Layout, UnpackedFile};

/// The checksums of the downloads are those of TensorFlow Datasets (`tensorflow_datasets/url_checksums`), those of
/// the unpacked files those of Debian's package dataset-fashion-mnist. The names of the classes are in the README.
pub(super) static DATASET: KnownDataset = KnownDataset {
    name: "fashion-mnist",
    folder: "fashion-mnist",
    description: "Clothes, grey, 28 × 28 (Xiao, Rasul and Vollgraf 2017)",
    home: "https://github.com/zalandoresearch/fashion-mnist",
    licence: "MIT",
    training_samples: 60_000,
    test_samples: 10_000,
    image: [28, 28, 1],
    classes: &["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
    // Computed from the training images; PyTorch users commonly round to these values.
    moments: Some(Moments {
        mean: &[0.2860],
        standard_deviation: &[0.3530],
    }),
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
    layout: Layout::Idx(IdxFiles {
        torchvision_folder: "FashionMNIST",
        files: [
            UnpackedFile {
                name: "train-images-idx3-ubyte",
                sha256: Some("c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
            },
            UnpackedFile {
                name: "train-labels-idx1-ubyte",
                sha256: Some("bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
            },
            UnpackedFile {
                name: "t10k-images-idx3-ubyte",
                sha256: Some("5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
            },
            UnpackedFile {
                name: "t10k-labels-idx1-ubyte",
                sha256: Some("0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
            },
        ],
        folder_in_archive: None,
        is_transposed: false,
    }),
};
