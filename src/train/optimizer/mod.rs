//! Optimizers: how parameters change, given their gradients.

mod gradient_transform;
mod hidden_weights;
mod new_optimizer;
mod on_tensors;
mod one_pass;
mod plain_sgd;
mod segmented;
mod state;
mod step_constants;
mod weight_decay;

pub(super) use hidden_weights::parameter_layout;
pub use new_optimizer::new_optimizer;
pub use state::OptimizerState;
use state::{member_of, stack_members};
pub(super) use step_constants::StepConstants;

use crate::backend::Backend;
use crate::optimizers::{PerMember, StackedState};
use crate::stages::StageGradient;
use burn::tensor::Tensor;

/// An optimizer with its state, for all parameters of a cohort.
pub trait Optimizer<B: Backend> {
    /// Takes one step and returns the new parameters. All tensors are `[members, …, outputs]`.
    ///
    /// Takes parameters and gradients by value, so that they can be changed in place.
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>>;

    /// Takes one step by the gradients of stages. An optimizer may not need these as tensors.
    fn step_stages(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<StageGradient<B>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let gradients = gradients.into_iter().flat_map(StageGradient::values);
        self.step(parameters, gradients.collect(), learning_rate)
    }

    /// The state of all members.
    fn stacked_state(&self) -> StackedState<B>;

    /// Continues from the state of an optimizer with these settings. Lists that these settings do
    /// not need are ignored.
    fn set_stacked_state(&mut self, state: StackedState<B>);

    /// The state of the member with this index.
    fn member_state(&self, member: usize) -> OptimizerState<B> {
        member_of(&self.stacked_state(), member)
    }

    /// Continues from the state of each member, in the order of the members. Either all members
    /// have taken a step, or none has.
    fn restore(&mut self, states: Vec<OptimizerState<B>>) {
        self.set_stacked_state(stack_members(&states));
    }
}
