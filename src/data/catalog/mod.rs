//! Data sets known by name: their files, checksums and readers.
pub(super) mod checksum;
pub(super) mod cifar10;
pub(super) mod fetch;
pub(super) mod known_dataset;
pub(super) mod mnist;
pub(super) mod search;
pub(super) mod verify_files;
