//! Adamax (Kingma and Ba 2015, section 7), as `torch.optim.Adamax`.

use crate::backend::Backend;
use crate::optimizers::declaration::optimizer;
use crate::optimizers::per_member::PerMember;
use crate::optimizers::stacked_state::StackedState;
use crate::optimizers::step::{Step, TensorOptimizer};
use crate::optimizers::update::{apply_update, update_moving_means, usable_epsilon};
use crate::values::number::{Fraction, Positive};
use burn::tensor::Tensor;

optimizer! {
    /// Adam that divides by the decaying maximum of absolute gradients (Kingma and Ba 2015; `torch.optim.Adamax`).
    pub struct Adamax = "adamax" {
        /// Decay of the mean of gradients.
        beta1, "beta1": Fraction = 0.9,
        /// Decay of the maximum of absolute gradients.
        beta2, "beta2": Fraction = 0.999,
        /// Term that avoids a division by zero.
        epsilon, "epsilon": Positive = 1e-8,
    }
}

impl Step for Adamax {
    const COUNTS_STEPS: bool = true;

    fn lists(&self) -> Vec<bool> {
        vec![true; 2]
    }

    fn on_tensors<B: Backend>(
        members: &[Self],
        device: &B::Device,
    ) -> Box<dyn TensorOptimizer<B>> {
        Box::new(AdamaxOnTensors {
            beta1: PerMember::of(members, |m| m.beta1, device),
            one_minus_beta1: PerMember::of(members, |m| 1.0 - m.beta1, device),
            beta2: PerMember::of(members, |m| m.beta2, device),
            epsilon: PerMember::of(members, |m| usable_epsilon(m.epsilon), device),
            means: Vec::new(),
            maxima: Vec::new(),
            steps: vec![0; members.len()],
            members: members.to_vec(),
            device: device.clone(),
        })
    }
}

/// `m ← β₁·m + (1−β₁)·g`, `u ← max(β₂·u, |g| + ε)`, then `w ← w − η/(1−β₁ᵗ) · m/u`.
struct AdamaxOnTensors<B: Backend> {
    beta1: PerMember<B>,
    one_minus_beta1: PerMember<B>,
    beta2: PerMember<B>,
    epsilon: PerMember<B>,
    means: Vec<Tensor<B, 3>>,
    /// `u` of each parameter.
    maxima: Vec<Tensor<B, 3>>,
    /// The number of steps that each member has taken.
    steps: Vec<usize>,
    members: Vec<Adamax>,
    device: B::Device,
}

impl<B: Backend> TensorOptimizer<B> for AdamaxOnTensors<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        self.steps.iter_mut().for_each(|steps| *steps += 1);
        let sizes = gradients
            .iter()
            .map(|gradient| self.epsilon.add_to(gradient.clone().abs()));
        self.maxima = if self.maxima.is_empty() {
            sizes.collect()
        } else {
            let maxima = std::mem::take(&mut self.maxima).into_iter().zip(sizes);
            maxima
                .map(|(maximum, size)| self.beta2.scale(maximum).max_pair(size))
                .collect()
        };
        let gradients = gradients.into_iter();
        update_moving_means(&mut self.means, gradients, &self.beta1, &self.one_minus_beta1);
        let members = self.members.iter().zip(&self.steps);
        let corrections = members.map(|(m, &steps)| 1.0 / (1.0 - m.beta1.powi(steps as i32)));
        let correction = PerMember::new(&corrections.collect::<Vec<_>>(), &self.device);
        let moments = self.means.iter().zip(&self.maxima);
        let directions =
            moments.map(|(mean, maximum)| correction.scale(mean.clone() / maximum.clone()));
        apply_update(parameters, directions, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        StackedState {
            steps: self.steps.clone(),
            ..StackedState::from_lists(&[&self.means, &self.maxima])
        }
    }

    fn set_stacked_state(&mut self, mut state: StackedState<B>) {
        self.means = state.take_list(0);
        self.maxima = state.take_list(1);
        self.steps = state.steps;
    }
}
