//! Convolution layers and pooling.

mod convolution;
mod per_batch_cache;
mod pooling;

pub(super) use convolution::Convolution;
pub(super) use pooling::Pool;
