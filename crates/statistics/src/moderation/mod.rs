//! Errors of candidates whose variances moderate each other, and what follows from them.

pub(crate) mod candidate_errors;
pub(crate) mod interval;
pub(crate) mod normal_tail;
mod posterior;
pub(crate) mod scale_mixture;
pub(crate) mod selection;
mod smoothing;
mod split_effects;
