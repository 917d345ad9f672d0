//! File formats that several data sets share: gzip, IDX, NumPy arrays.
pub(super) mod gzip;
pub(super) mod idx;
pub(super) mod idx_file;
pub(super) mod limits;
pub(super) mod npy;
pub(super) mod npy_file;
pub(super) mod number;
