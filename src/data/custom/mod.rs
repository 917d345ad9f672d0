//! The user's data: folders of images, IDX files or NumPy arrays, and the samples read from them or from tables.
pub(super) mod idx_folder;
pub(super) mod image_file;
pub(super) mod image_folder;
pub(super) mod images;
pub(super) mod jpeg_end;
pub(super) mod npy_folder;
pub(super) mod raw_dataset;
