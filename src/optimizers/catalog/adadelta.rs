//! Adadelta (Zeiler 2012), as `torch.optim.Adadelta`.

use crate::backend::Backend;
use crate::optimizers::declaration::optimizer;
use crate::optimizers::per_member::PerMember;
use crate::optimizers::stacked_state::StackedState;
use crate::optimizers::step::{Step, TensorOptimizer};
use crate::optimizers::update::{apply_update, squares, update_moving_means, usable_epsilon};
use crate::values::number::{Fraction, Positive};
use burn::tensor::Tensor;

optimizer! {
    /// Gradients scaled by the ratio of the root mean squares of recent steps and gradients (Zeiler 2012;
    /// `torch.optim.Adadelta`). Its usual learning rate is 1.
    pub struct Adadelta = "adadelta" {
        /// Decay of the means of squared gradients and squared steps.
        rho, "rho": Fraction = 0.9,
        /// Term that avoids a division by zero.
        epsilon, "epsilon": Positive = 1e-6,
    }
}

impl Step for Adadelta {
    fn lists(&self) -> Vec<bool> {
        vec![true; 2]
    }

    fn on_tensors<B: Backend>(
        members: &[Self],
        device: &B::Device,
    ) -> Box<dyn TensorOptimizer<B>> {
        Box::new(AdadeltaOnTensors {
            rho: PerMember::of(members, |m| m.rho, device),
            one_minus_rho: PerMember::of(members, |m| 1.0 - m.rho, device),
            epsilon: PerMember::of(members, |m| usable_epsilon(m.epsilon), device),
            variances: Vec::new(),
            steps: Vec::new(),
        })
    }
}

/// `v ← ρ·v + (1−ρ)·g²`, `d = √(s + ε)/√(v + ε) · g`, `s ← ρ·s + (1−ρ)·d²`, then `w ← w − η·d`.
struct AdadeltaOnTensors<B: Backend> {
    rho: PerMember<B>,
    one_minus_rho: PerMember<B>,
    epsilon: PerMember<B>,
    /// `v` of each parameter.
    variances: Vec<Tensor<B, 3>>,
    /// `s` of each parameter.
    steps: Vec<Tensor<B, 3>>,
}

impl<B: Backend> TensorOptimizer<B> for AdadeltaOnTensors<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        if self.steps.is_empty() {
            self.steps = gradients.iter().map(Tensor::zeros_like).collect();
        }
        let squared = squares(&gradients);
        update_moving_means(&mut self.variances, squared, &self.rho, &self.one_minus_rho);
        let means = self.steps.iter().zip(&self.variances);
        let directions = gradients.into_iter().zip(means);
        let directions = directions.map(|(gradient, (step, variance))| {
            let [step, variance] =
                [step, variance].map(|mean| self.epsilon.add_to(mean.clone()).sqrt());
            step / variance * gradient
        });
        let directions: Vec<Tensor<B, 3>> = directions.collect();
        let squared = squares(&directions);
        update_moving_means(&mut self.steps, squared, &self.rho, &self.one_minus_rho);
        apply_update(parameters, directions, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        StackedState::from_lists(&[&self.variances, &self.steps])
    }

    fn set_stacked_state(&mut self, mut state: StackedState<B>) {
        self.variances = state.take_list(0);
        self.steps = state.take_list(1);
    }
}
