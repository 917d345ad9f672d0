//! Optimizers: the keys of each in a sweep file, and its step.
//!
//! An optimizer is one file in `catalog`: it declares its settings with `optimizer!` and computes
//! its step on tensors. Weight decay, penalties and clipping, which all optimizers share, are in `train`.

mod catalog;
mod declaration;
mod key;
mod kind;
mod moments;
mod parameter_layout;
mod per_member;
mod setting;
mod stacked_state;
mod step;
mod update;

pub(crate) use catalog::on_tensors;
pub use catalog::{OptimizerKind, OptimizerSettings};
pub(crate) use key::OptimizerKey;
pub use parameter_layout::ParameterLayout;
pub use per_member::PerMember;
pub(crate) use per_member::PerStep;
pub use setting::OptimizerKeys;
pub(crate) use setting::Setting;
pub use stacked_state::StackedState;
pub(crate) use step::StepCounter;
pub use step::{TensorOptimizer, WeightDecay};
