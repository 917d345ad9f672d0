//! Networks as stacked tensors: the members of a cohort side by side in one program.

mod activation;
mod batch_norm;
mod convolution;
mod dropout;
mod gradient;
mod init;
mod layer_norm;
mod loss;
mod network;
mod operation;
mod per_batch;
mod pooling;

pub use dropout::DropoutNoise;
pub use gradient::StageGradient;
pub use loss::{Sums, class_scores, values};
pub use network::{Layer, Network, Trace};
