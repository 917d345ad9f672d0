//! The files of data sets known by name: where they are, their checksums, and a reader for each layout.
pub(super) mod checksum;
pub(super) mod cifar_files;
pub(super) mod fetch;
pub(super) mod idx_files;
mod idx_source;
pub(super) mod load_known;
pub(super) mod search;
pub(super) mod verify_files;
