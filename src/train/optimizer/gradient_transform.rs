//! Changes gradients before an optimizer uses them: L1 penalty, clipping by value, clipping by norm.

use super::Optimizer;
use crate::backend::Backend;
use crate::optimizers::{PerMember, StackedState};
use crate::spec::Training;
use crate::train::bounds::bounds;
use burn::tensor::Tensor;

/// The L1 penalty and the clipping of gradients before the optimizer uses them.
pub(super) struct GradientTransform<B: Backend> {
    l1: PerMember<B>,
    clip_value: Option<PerMember<B>>,
    clip_norm: Option<PerMember<B>>,
}

impl<B: Backend> GradientTransform<B> {
    /// The transform of these members; `None` if no member needs one.
    pub(super) fn new(members: &[&Training], device: &B::Device) -> Option<Self> {
        let transform = Self {
            l1: PerMember::of(members, |m| m.l1.get(), device),
            clip_value: bounds(members, |m| m.clip_value, device),
            clip_norm: bounds(members, |m| m.clip_norm, device),
        };
        let any = !transform.l1.is_zero()
            || transform.clip_value.is_some()
            || transform.clip_norm.is_some();
        any.then_some(transform)
    }

    /// Adds the gradient of the L1 penalty, then clips by value, then by norm.
    pub(super) fn apply(
        &self,
        parameters: &[Tensor<B, 3>],
        mut gradients: Vec<Tensor<B, 3>>,
    ) -> Vec<Tensor<B, 3>> {
        if !self.l1.is_zero() {
            gradients = gradients
                .into_iter()
                .zip(parameters)
                .map(|(gradient, parameter)| gradient + self.l1.scale(parameter.clone().sign()))
                .collect();
        }
        if let Some(bound) = &self.clip_value {
            // torch.nn.utils.clip_grad_value_
            gradients = gradients
                .into_iter()
                .map(|gradient| bound.clamp_max(bound.clamp_max(gradient).neg()).neg())
                .collect();
        }
        if let Some(bound) = &self.clip_norm {
            // torch.nn.utils.clip_grad_norm_, with its 1e-6 to avoid division by zero.
            let norm = total_norm(&gradients).add_scalar(1e-6);
            let factor = bound.scale(norm.recip()).clamp_max(1.0);
            gradients = gradients
                .into_iter()
                .map(|gradient| gradient * factor.clone())
                .collect();
        }
        gradients
    }
}

/// An optimizer that receives transformed gradients.
pub(super) struct WithGradientTransform<B: Backend> {
    pub(super) transform: GradientTransform<B>,
    pub(super) inner: Box<dyn Optimizer<B>>,
}

impl<B: Backend> Optimizer<B> for WithGradientTransform<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let gradients = self.transform.apply(&parameters, gradients);
        self.inner.step(parameters, gradients, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        self.inner.stacked_state()
    }

    fn set_stacked_state(&mut self, state: StackedState<B>) {
        self.inner.set_stacked_state(state);
    }
}

/// For each member, the norm of all tensors together: `[members, 1, 1]`.
fn total_norm<B: Backend>(tensors: &[Tensor<B, 3>]) -> Tensor<B, 3> {
    tensors
        .iter()
        .map(|tensor| {
            let squares = tensor.clone() * tensor.clone();
            squares.sum_dim(2).sum_dim(1)
        })
        .reduce(|sum, squares| sum + squares)
        .expect("a network has parameters")
        .sqrt()
}
