//! The user's data in folders of files.
pub(super) mod folder;
pub(super) mod idx_folder;
pub(super) mod image_file;
pub(super) mod image_folder;
pub(super) mod images;
pub(super) mod jpeg_end;
pub(super) mod npy_folder;
pub(super) mod raw_dataset;
