//! The data sets: a file each, and a line in this list. The first is the default.

use super::known_dataset::KnownDataset;

macro_rules! datasets {
    ($($set:ident,)+) => {
        $(mod $set;)+

        /// Every data set.
        pub(super) static DEFINITIONS: [&KnownDataset; [$(stringify!($set)),+].len()] =
            [$(&$set::DATASET,)+];
    };
}

datasets! {
    mnist,
    fashion_mnist,
    cifar10,
    kmnist,
    cifar100,
    emnist_balanced,
    emnist_digits,
}
