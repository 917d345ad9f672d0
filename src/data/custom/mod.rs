//! The user's own data in folders of files.
pub(super) mod idx_folder;
pub(super) mod images;
pub(super) mod jpeg_end;
pub(super) mod npy_folder;
pub(super) mod raw_dataset;
