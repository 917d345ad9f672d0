//! Networks as stacked tensors: the members of a cohort side by side in one program.

mod activation;
mod batch_norm;
mod convolution;
mod dense;
mod dropout;
mod init;
mod layer_norm;
mod loss;
mod network;
mod operation;
mod per_batch;
mod pooling;

pub use dropout::DropoutNoise;
pub use loss::{Sums, class_scores, cross_entropy_gradient, values};
pub use network::{Layer, Network, Trace};
