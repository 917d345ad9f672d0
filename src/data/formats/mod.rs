//! File formats that several data sets share.
pub(super) mod files;
pub(super) mod idx;
pub(super) mod npy;
