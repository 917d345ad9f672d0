//! Stochastic gradient descent, as `torch.optim.SGD`.

use super::Optimizer;
use super::state::StackedState;
use super::update::apply_update;
use crate::backend::Backend;
use crate::spec::Training;
use crate::train::per_member::PerMember;
use burn::tensor::Tensor;

/// `v ← µ·v + (1−τ)·g` with the dampening τ (at first `v ← g`), then `w ← w − η·v`. Nesterov's form
/// steps by `g + µ·v` instead.
pub(super) struct Sgd<B: Backend> {
    momentum: PerMember<B>,
    /// `1 − τ`
    one_minus_dampening: PerMember<B>,
    nesterov: bool,
    /// `v` of each parameter; empty without momentum and before the first step.
    velocities: Vec<Tensor<B, 3>>,
}

impl<B: Backend> Sgd<B> {
    /// For members with these settings, which all use Nesterov's form or all do not.
    pub(super) fn new(nesterov: bool, members: &[&Training], device: &B::Device) -> Self {
        Self {
            momentum: PerMember::of(members, |m| m.momentum.get(), device),
            // A member without momentum has no dampening, even if other members have momentum.
            one_minus_dampening: PerMember::of(
                members,
                |m| match m.momentum.get() {
                    0.0 => 1.0,
                    _ => 1.0 - m.dampening.get(),
                },
                device,
            ),
            nesterov,
            velocities: Vec::new(),
        }
    }

    fn directions(&mut self, gradients: Vec<Tensor<B, 3>>) -> Vec<Tensor<B, 3>> {
        if self.momentum.is_zero() {
            return gradients;
        }
        self.velocities = if self.velocities.is_empty() {
            gradients.clone()
        } else {
            std::mem::take(&mut self.velocities)
                .into_iter()
                .zip(&gradients)
                .map(|(velocity, gradient)| {
                    self.momentum.scale(velocity) + self.one_minus_dampening.scale(gradient.clone())
                })
                .collect()
        };
        if self.nesterov {
            gradients
                .into_iter()
                .zip(&self.velocities)
                .map(|(gradient, velocity)| gradient + self.momentum.scale(velocity.clone()))
                .collect()
        } else {
            self.velocities.clone()
        }
    }
}

impl<B: Backend> Optimizer<B> for Sgd<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let directions = self.directions(gradients);
        apply_update(parameters, directions, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        StackedState::from_lists(&[&self.velocities])
    }

    fn set_stacked_state(&mut self, mut state: StackedState<B>) {
        if !self.momentum.is_zero() {
            self.velocities = state.take_list(0);
        }
    }
}
