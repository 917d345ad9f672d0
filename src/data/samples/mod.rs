//! Samples in memory, and what is learnt from them.
pub(super) mod dataset;
pub(super) mod fill;
pub(super) mod imputation;
pub(super) mod normalisation;
pub(super) mod split;
