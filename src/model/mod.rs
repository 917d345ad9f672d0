//! Networks as stacked tensors: the members of a cohort side by side in one program.

mod activation;
mod activation_stage;
mod batch_norm;
mod convolution;
mod dropout;
mod eval_batch_size;
mod gradient;
mod init;
mod layer_norm;
mod loss;
mod network;
mod network_state;
mod operation;
mod padding;
mod per_batch_cache;
mod pooling;
mod segments;

pub use batch_norm::EPSILON as NORM_EPSILON;
pub use dropout::DropoutNoise;
pub use eval_batch_size::eval_batch_size;
pub use gradient::StageGradient;
pub use loss::{LossSums, class_scores, values};
pub use network::{ForwardCache, Network, ParameterLayer};
pub use padding::{padded, parameter_shapes, state_shapes, trimmed};
pub use segments::{part, pick, segments, stack};
