//! Gradients with a penalty, and within bounds, before an optimizer sees them.

use super::{Optimizer, StateLists};
use crate::backend::Backend;
use crate::train::per_member::PerMember;
use crate::train::regularise::GradientRules;
use burn::tensor::Tensor;

/// An optimizer behind the rules for gradients.
pub(super) struct Regularised<B: Backend> {
    pub(super) rules: GradientRules<B>,
    pub(super) inner: Box<dyn Optimizer<B>>,
}

impl<B: Backend> Optimizer<B> for Regularised<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let gradients = self.rules.apply(&parameters, gradients);
        self.inner.step(parameters, gradients, learning_rate)
    }

    fn memory(&self) -> StateLists<B> {
        self.inner.memory()
    }

    fn set_memory(&mut self, memory: StateLists<B>) {
        self.inner.set_memory(memory);
    }
}
