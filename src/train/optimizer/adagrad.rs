//! Adagrad (Duchi et al. 2011), as `torch.optim.Adagrad`.

use super::Optimizer;
use super::state::StackedState;
use super::update::{apply_update, epsilon, squares};
use crate::backend::Backend;
use crate::spec::Training;
use crate::train::per_member::PerMember;
use burn::tensor::Tensor;

/// `s ← s + g²`, then `w ← w − η/(1 + (t−1)·δ) · g / (√s + ε)`, with the learning-rate decay δ.
pub(super) struct Adagrad<B: Backend> {
    learning_rate_decay: Vec<f64>,
    epsilon: PerMember<B>,
    /// `s` of each parameter; empty before the first step.
    sums: Vec<Tensor<B, 3>>,
    /// The number of steps that each member has taken.
    steps: Vec<usize>,
    device: B::Device,
}

impl<B: Backend> Adagrad<B> {
    /// For members with these settings.
    pub(super) fn new(members: &[&Training], device: &B::Device) -> Self {
        let decays = members.iter().map(|m| m.learning_rate_decay.get());
        Self {
            learning_rate_decay: decays.collect(),
            epsilon: epsilon(members, device),
            sums: Vec::new(),
            steps: vec![0; members.len()],
            device: device.clone(),
        }
    }
}

impl<B: Backend> Optimizer<B> for Adagrad<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        let decays = self.learning_rate_decay.iter().zip(&self.steps);
        let rate_factors: Vec<f64> = decays
            .map(|(decay, &steps)| 1.0 / (1.0 + steps as f64 * decay))
            .collect();
        let rate_factors = PerMember::new(&rate_factors, &self.device);
        self.steps.iter_mut().for_each(|steps| *steps += 1);
        let squared = squares(&gradients);
        self.sums = if self.sums.is_empty() {
            squared.collect()
        } else {
            std::mem::take(&mut self.sums)
                .into_iter()
                .zip(squared)
                .map(|(sum, square)| sum + square)
                .collect()
        };
        let directions = gradients
            .into_iter()
            .zip(&self.sums)
            .map(|(gradient, sum)| {
                rate_factors.scale(gradient / self.epsilon.add_to(sum.clone().sqrt()))
            });
        apply_update(parameters, directions, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        StackedState {
            steps: self.steps.clone(),
            ..StackedState::from_lists(&[&self.sums])
        }
    }

    fn set_stacked_state(&mut self, mut state: StackedState<B>) {
        self.sums = state.take_list(0);
        self.steps = state.steps;
    }
}
