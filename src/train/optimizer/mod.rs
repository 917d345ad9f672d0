//! Optimizers: how parameters change, given their gradients.

mod adagrad;
mod adam;
mod build;
mod gradient_transform;
mod moments;
mod nadam;
mod optimizer_trait;
mod plain_sgd;
mod rmsprop;
mod segmented;
mod sgd;
mod state;
mod update;
mod weight_decay;

pub use build::new_optimizer;
pub use optimizer_trait::Optimizer;
pub use state::OptimizerState;
pub(super) use state::StackedState;
