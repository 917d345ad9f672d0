//! RMSprop (Hinton 2012), as `torch.optim.RMSprop`.

use crate::backend::{Backend, FusedRule, FusedStep};
use crate::optimizers::declaration::optimizer;
use crate::optimizers::per_member::PerMember;
use crate::optimizers::stacked_state::StackedState;
use crate::optimizers::step::{Step, StepCounter, TensorOptimizer};
use crate::optimizers::update::{apply_update, squares, update_moving_means, usable_epsilon};
use crate::values::number::{Fraction, Positive};
use burn::tensor::Tensor;

optimizer! {
    /// Gradients divided by their recent root mean square (Hinton 2012; `torch.optim.RMSprop`).
    pub struct RmsProp = "rmsprop" {
        /// Momentum.
        momentum, "momentum": Fraction = 0.0,
        /// Term that avoids a division by zero.
        epsilon, "epsilon": Positive = 1e-8,
        /// Decay of the mean of squared gradients.
        alpha, "alpha": Fraction = 0.99,
        /// Divide by the standard deviation of the gradients.
        centered, "centered": bool = false,
    }
}

impl Step for RmsProp {
    fn lists(&self) -> Vec<bool> {
        vec![true, self.centered, self.momentum > 0.0]
    }

    fn rule(&self) -> Option<FusedRule> {
        Some(if self.centered {
            FusedRule::CenteredRmsProp
        } else {
            FusedRule::RmsProp
        })
    }

    fn fill(&self, _step: &mut StepCounter, constants: &mut FusedStep) {
        constants.epsilon = usable_epsilon(self.epsilon) as f32;
        constants.momentum = self.momentum as f32;
        constants.square_decay = self.alpha as f32;
        constants.square_factor = (1.0 - self.alpha) as f32;
    }

    fn on_tensors<B: Backend>(
        members: &[Self],
        device: &B::Device,
    ) -> Box<dyn TensorOptimizer<B>> {
        Box::new(RmsPropOnTensors {
            alpha: PerMember::of(members, |m| m.alpha, device),
            one_minus_alpha: PerMember::of(members, |m| 1.0 - m.alpha, device),
            epsilon: PerMember::of(members, |m| usable_epsilon(m.epsilon), device),
            momentum: PerMember::of(members, |m| m.momentum, device),
            centered: members[0].centered,
            variances: Vec::new(),
            means: Vec::new(),
            velocities: Vec::new(),
        })
    }
}

/// `v ← α·v + (1−α)·g²`, `d = g / (√v + ε)`, then `w ← w − η·d`, or with momentum `b ← µ·b + d` and
/// `w ← w − η·b`. The centred form uses `√(v − ḡ²)` with the moving mean `ḡ` of the gradients
/// (Graves 2013).
struct RmsPropOnTensors<B: Backend> {
    alpha: PerMember<B>,
    one_minus_alpha: PerMember<B>,
    epsilon: PerMember<B>,
    momentum: PerMember<B>,
    centered: bool,
    variances: Vec<Tensor<B, 3>>,
    means: Vec<Tensor<B, 3>>,
    velocities: Vec<Tensor<B, 3>>,
}

impl<B: Backend> TensorOptimizer<B> for RmsPropOnTensors<B> {
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
