//! Samples in memory, their splits, and the normalisation fitted to them.
pub(super) mod dataset;
pub(super) mod fill_values;
pub(super) mod fit;
pub(super) mod imputation;
pub(super) mod normalisation;
pub(super) mod picture;
pub(super) mod split;
