//! RMSprop (Hinton 2012), as `torch.optim.RMSprop`.

use super::state::StateLists;
use super::{Optimizer, descended, epsilon, moving_means, squares};
use crate::backend::Backend;
use crate::spec::Training;
use crate::train::per_member::PerMember;
use burn::tensor::Tensor;

/// `v ← α·v + (1−α)·g²`, `d = g / (√v + ε)`, then `w ← w − η·d`, or with momentum `b ← µ·b + d` and
/// `w ← w − η·b`. Centred, the root is of `v − ḡ²` with the moving mean `ḡ` of the gradients
/// (Graves 2013).
pub(super) struct RmsProp<B: Backend> {
    decay: PerMember<B>,
    /// `1 − α`
    share: PerMember<B>,
    epsilon: PerMember<B>,
    momentum: PerMember<B>,
    centered: bool,
    variances: Vec<Tensor<B, 3>>,
    means: Vec<Tensor<B, 3>>,
    velocities: Vec<Tensor<B, 3>>,
}

impl<B: Backend> RmsProp<B> {
    /// Members with these settings, all or none of them centred.
    pub(super) fn new(centered: bool, members: &[&Training], device: &B::Device) -> Self {
        Self {
            decay: PerMember::of(members, |m| m.alpha.get(), device),
            share: PerMember::of(members, |m| 1.0 - m.alpha.get(), device),
            epsilon: epsilon(members, device),
            momentum: PerMember::of(members, |m| m.momentum.get(), device),
            centered,
            variances: Vec::new(),
            means: Vec::new(),
            velocities: Vec::new(),
        }
    }
}

impl<B: Backend> Optimizer<B> for RmsProp<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let squared = squares(&gradients);
        moving_means(&mut self.variances, squared, &self.decay, &self.share);
        if self.centered {
            let now = gradients.iter().cloned();
            moving_means(&mut self.means, now, &self.decay, &self.share);
        }
        let directions = gradients.into_iter().enumerate().map(|(index, gradient)| {
            let variance = self.variances[index].clone();
            let spread = match self.means.get(index) {
                Some(mean) => variance - mean.clone() * mean.clone(),
                None => variance,
            };
            gradient / self.epsilon.add_to(spread.sqrt())
        });
        let directions: Vec<Tensor<B, 3>> = match self.momentum.is_zero() {
            true => directions.collect(),
            false => {
                let directions: Vec<_> = directions.collect();
                self.velocities = match self.velocities.is_empty() {
                    true => directions,
                    false => std::mem::take(&mut self.velocities)
                        .into_iter()
                        .zip(directions)
                        .map(|(velocity, direction)| self.momentum.scale(velocity) + direction)
                        .collect(),
                };
                self.velocities.clone()
            }
        };
        descended(parameters, directions, learning_rate)
    }

    fn memory(&self) -> StateLists<B> {
        StateLists::of_lists(&[&self.variances, &self.means, &self.velocities])
    }

    fn set_memory(&mut self, mut memory: StateLists<B>) {
        self.variances = memory.take_list(0);
        if self.centered {
            self.means = memory.take_list(1);
        }
        if !self.momentum.is_zero() {
            self.velocities = memory.take_list(2);
        }
    }
}
