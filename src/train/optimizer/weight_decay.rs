//! Weight decay, as a wrapper of an optimizer.

use super::Optimizer;
use crate::backend::Backend;
use crate::optimizers::{PerMember, StackedState};
use burn::tensor::Tensor;

/// Weight decay as an L2 penalty: replaces the gradient `g` by `g + λ·w`.
pub(super) struct CoupledDecay<B: Backend> {
    pub(super) weight_decay: PerMember<B>,
    pub(super) inner: Box<dyn Optimizer<B>>,
}

impl<B: Backend> Optimizer<B> for CoupledDecay<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let gradients = gradients
            .into_iter()
            .zip(&parameters)
            .map(|(gradient, parameter)| gradient + self.weight_decay.scale(parameter.clone()))
            .collect();
        self.inner.step(parameters, gradients, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        self.inner.stacked_state()
    }

    fn set_stacked_state(&mut self, state: StackedState<B>) {
        self.inner.set_stacked_state(state);
    }
}

/// Decoupled weight decay (Loshchilov and Hutter 2019): `w ← (1 − η·λ)·w` before the step, as
/// `torch.optim.AdamW`.
pub(super) struct DecoupledDecay<B: Backend> {
    pub(super) weight_decay: PerMember<B>,
    pub(super) inner: Box<dyn Optimizer<B>>,
}

impl<B: Backend> Optimizer<B> for DecoupledDecay<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let rates = learning_rate.values().iter();
        let decays = self.weight_decay.values();
        let factors = rates.zip(decays).map(|(rate, decay)| 1.0 - rate * decay);
        let factors = PerMember::new(&factors.collect::<Vec<_>>(), &parameters[0].device());
        let decayed = parameters
            .into_iter()
            .map(|parameter| factors.scale(parameter))
            .collect();
        self.inner.step(decayed, gradients, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        self.inner.stacked_state()
    }

    fn set_stacked_state(&mut self, state: StackedState<B>) {
        self.inner.set_stacked_state(state);
    }
}
