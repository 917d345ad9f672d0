//! Networks as stacked tensors: the members of a cohort side by side in one program.

mod activated;
mod activation;
mod batch_norm;
mod convolution;
mod dropout;
mod gradient;
mod init;
mod layer_norm;
mod loss;
mod network;
mod network_state;
mod operation;
mod padding;
mod pass;
mod per_batch;
mod pooling;
mod segments;

pub use batch_norm::EPSILON as NORM_EPSILON;
pub use dropout::DropoutNoise;
pub use gradient::StageGradient;
pub use loss::{Sums, class_scores, values};
pub use network::{Layer, Network, Trace};
pub use padding::{padded, parameter_shapes, state_shapes, trimmed};
pub use pass::samples_of_pass;
pub use segments::{part, pick, segments, stack};
