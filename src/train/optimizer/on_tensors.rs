//! An optimizer of the catalogue, on tensors.

use super::Optimizer;
use crate::backend::Backend;
use crate::optimizers::{PerMember, StackedState, TensorOptimizer};
use burn::tensor::Tensor;

/// An optimizer as one operation on tensors after the other.
pub(super) struct OnTensors<B: Backend>(pub(super) Box<dyn TensorOptimizer<B>>);

impl<B: Backend> Optimizer<B> for OnTensors<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        self.0.step(parameters, gradients, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        self.0.stacked_state()
    }

    fn set_stacked_state(&mut self, state: StackedState<B>) {
        self.0.set_stacked_state(state);
    }
}
