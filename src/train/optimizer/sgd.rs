//! Stochastic gradient descent, as `torch.optim.SGD`.

use super::state::StateLists;
use super::{Optimizer, descended};
use crate::backend::Backend;
use crate::spec::Training;
use crate::train::per_member::PerMember;
use burn::tensor::Tensor;

/// `v ← µ·v + (1−τ)·g` (at first `v ← g`), then `w ← w − η·v`; Nesterov's form steps by `g + µ·v`
/// instead.
pub(super) struct Sgd<B: Backend> {
    momentum: PerMember<B>,
    /// `1 − τ`, with the dampening τ.
    share: PerMember<B>,
    nesterov: bool,
    /// One for each parameter, once there is a momentum and a first gradient.
    velocities: Vec<Tensor<B, 3>>,
}

impl<B: Backend> Sgd<B> {
    /// Members with these settings, all or none of them in Nesterov's form.
    pub(super) fn new(nesterov: bool, members: &[&Training], device: &B::Device) -> Self {
        Self {
            momentum: PerMember::of(members, |m| m.momentum.get(), device),
            // Without momentum there is nothing to dampen, whatever the other members have.
            share: PerMember::of(
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
        self.velocities = match self.velocities.is_empty() {
            true => gradients.clone(),
            false => std::mem::take(&mut self.velocities)
                .into_iter()
                .zip(&gradients)
                .map(|(velocity, gradient)| {
                    self.momentum.scale(velocity) + self.share.scale(gradient.clone())
                })
                .collect(),
        };
        match self.nesterov {
            false => self.velocities.clone(),
            true => gradients
                .into_iter()
                .zip(&self.velocities)
                .map(|(gradient, velocity)| gradient + self.momentum.scale(velocity.clone()))
                .collect(),
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
        descended(parameters, directions, learning_rate)
    }

    fn memory(&self) -> StateLists<B> {
        StateLists::of_lists(&[&self.velocities])
    }

    fn set_memory(&mut self, mut memory: StateLists<B>) {
        if !self.momentum.is_zero() {
            self.velocities = memory.take_list(0);
        }
    }
}
