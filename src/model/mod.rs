//! Networks as stacked tensors: all members of a cohort are computed together.

mod activation;
mod activation_stage;
mod batch_norm;
mod convolution_block;
mod dropout;
mod eval_batch_size;
mod gradient;
mod host_values;
mod images;
mod init;
mod initial_state;
mod layer_norm;
mod loss;
mod network;
mod network_state;
mod operation;
mod padding;
mod segments;
mod stage_walk;

pub use batch_norm::EPSILON as NORM_EPSILON;
pub use dropout::DropoutNoise;
pub use eval_batch_size::eval_batch_size;
pub use gradient::StageGradient;
pub use host_values::values;
pub(crate) use host_values::{all_values, state_tensors};
pub use loss::{Classification, LossSums, classify};
pub use network::{ForwardCache, Network, ParameterLayer};
pub use padding::{padded, parameter_shapes, state_shapes, trimmed};
pub use segments::{concat_members, narrow_members, segments, select_members};
