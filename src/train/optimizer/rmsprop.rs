//! RMSprop (Hinton 2012), as `torch.optim.RMSprop`.

use super::Optimizer;
use super::state::StackedState;
use super::update::{apply_update, epsilon, squares, update_moving_means};
use crate::backend::Backend;
use crate::spec::Training;
use crate::train::per_member::PerMember;
use burn::tensor::Tensor;

/// `v ← α·v + (1−α)·g²`, `d = g / (√v + ε)`, then `w ← w − η·d`, or with momentum `b ← µ·b + d` and
/// `w ← w − η·b`. The centred form uses `√(v − ḡ²)` with the moving mean `ḡ` of the gradients
/// (Graves 2013).
pub(super) struct RmsProp<B: Backend> {
    alpha: PerMember<B>,
    one_minus_alpha: PerMember<B>,
    epsilon: PerMember<B>,
    momentum: PerMember<B>,
    centered: bool,
    variances: Vec<Tensor<B, 3>>,
    means: Vec<Tensor<B, 3>>,
    velocities: Vec<Tensor<B, 3>>,
}

impl<B: Backend> RmsProp<B> {
    /// For members with these settings, which are all centred or all not.
    pub(super) fn new(centered: bool, members: &[&Training], device: &B::Device) -> Self {
        Self {
            alpha: PerMember::of(members, |m| m.alpha.get(), device),
            one_minus_alpha: PerMember::of(members, |m| 1.0 - m.alpha.get(), device),
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
        update_moving_means(
            &mut self.variances,
            squared,
            &self.alpha,
            &self.one_minus_alpha,
        );
        if self.centered {
            let current = gradients.iter().cloned();
            update_moving_means(&mut self.means, current, &self.alpha, &self.one_minus_alpha);
        }
        let directions = gradients.into_iter().enumerate().map(|(index, gradient)| {
            let variance = self.variances[index].clone();
            let centred_variance = match self.means.get(index) {
                Some(mean) => {
                    let centred = variance - mean.clone() * mean.clone();
                    // Rounding may give less than 0. Unlike `clamp_min`, this keeps NaN.
                    let is_negative = centred.clone().lower_elem(0.0);
                    centred.mask_fill(is_negative, 0.0)
                }
                None => variance,
            };
            gradient / self.epsilon.add_to(centred_variance.sqrt())
        });
        let mut directions: Vec<Tensor<B, 3>> = directions.collect();
        if !self.momentum.is_zero() {
            self.velocities = if self.velocities.is_empty() {
                directions
            } else {
                std::mem::take(&mut self.velocities)
                    .into_iter()
                    .zip(directions)
                    .map(|(velocity, direction)| self.momentum.scale(velocity) + direction)
                    .collect()
            };
            directions = self.velocities.clone();
        }
        apply_update(parameters, directions, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        StackedState::from_lists(&[&self.variances, &self.means, &self.velocities])
    }

    fn set_stacked_state(&mut self, mut state: StackedState<B>) {
        self.variances = state.take_list(0);
        if self.centered {
            self.means = state.take_list(1);
        }
        if !self.momentum.is_zero() {
            self.velocities = state.take_list(2);
        }
    }
}
