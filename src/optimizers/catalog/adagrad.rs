//! Adagrad (Duchi et al. 2011), as `torch.optim.Adagrad`.

use crate::backend::{Backend, FusedRule, FusedStep};
use crate::optimizers::declaration::optimizer;
use crate::optimizers::per_member::PerMember;
use crate::optimizers::stacked_state::StackedState;
use crate::optimizers::step::{Step, StepCounter, TensorOptimizer};
use crate::optimizers::update::{apply_update, squares, usable_epsilon};
use crate::values::number::{NonNegative, Positive};
use burn::tensor::Tensor;

optimizer! {
    /// Gradients divided by the root of the sum of their squares (Duchi et al. 2011; `torch.optim.Adagrad`).
    pub struct Adagrad = "adagrad" {
        /// Term that avoids a division by zero.
        epsilon, "epsilon": Positive = 1e-10,
        /// Decay of the learning rate.
        learning_rate_decay, "lrdecay": NonNegative = 0.0,
    }
}

impl Step for Adagrad {
    const COUNTS_STEPS: bool = true;

    fn lists(&self) -> Vec<bool> {
        vec![true]
    }

    fn rule(&self) -> Option<FusedRule> {
        Some(FusedRule::Adagrad)
    }

    fn fill(&self, step: &mut StepCounter, constants: &mut FusedStep) {
        let slowdown = (step.number - 1) as f64 * self.learning_rate_decay;
        constants.epsilon = usable_epsilon(self.epsilon) as f32;
        constants.correction = (1.0 / (1.0 + slowdown)) as f32;
    }

    fn on_tensors<B: Backend>(
        members: &[Self],
        device: &B::Device,
    ) -> Box<dyn TensorOptimizer<B>> {
        Box::new(AdagradOnTensors {
            learning_rate_decay: members.iter().map(|m| m.learning_rate_decay).collect(),
            epsilon: PerMember::of(members, |m| usable_epsilon(m.epsilon), device),
            sums: Vec::new(),
            steps: vec![0; members.len()],
            device: device.clone(),
        })
    }
}

/// `s ← s + g²`, then `w ← w − η/(1 + (t−1)·δ) · g / (√s + ε)`, with the learning-rate decay δ.
struct AdagradOnTensors<B: Backend> {
    learning_rate_decay: Vec<f64>,
    epsilon: PerMember<B>,
    /// `s` of each parameter; empty before the first step.
    sums: Vec<Tensor<B, 3>>,
    /// The number of steps that each member has taken.
    steps: Vec<usize>,
    device: B::Device,
}

impl<B: Backend> TensorOptimizer<B> for AdagradOnTensors<B> {
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
