//! Networks as stacked tensors: all members of a cohort are computed together.

mod convolution_block;
mod eval_batch_size;
mod host_values;
mod init;
mod initial_state;
mod loss;
mod network;
mod network_stage;
mod network_state;
mod padding;
#[cfg(test)]
mod stacking_tests;
mod stage_walk;

pub use eval_batch_size::eval_batch_size;
pub use host_values::values;
pub(crate) use host_values::{all_values, state_tensors};
pub use loss::{Classification, LossSums, classify};
pub use network::{ForwardCache, Network, ParameterLayer};
pub use padding::{padded, parameter_shapes, state_shapes, trimmed};
