//! Adam with a rectified adaptive step (Liu et al. 2020), as `torch.optim.RAdam`.

use crate::backend::Backend;
use crate::optimizers::declaration::optimizer;
use crate::optimizers::per_member::PerMember;
use crate::optimizers::stacked_state::StackedState;
use crate::optimizers::step::{Step, TensorOptimizer};
use crate::optimizers::update::{apply_update, squares, update_moving_means, usable_epsilon};
use crate::values::number::{Fraction, Positive};
use burn::tensor::Tensor;

optimizer! {
    /// Adam whose first steps do not divide by the root of the mean of squared gradients, which is still too
    /// uncertain (Liu et al. 2020; `torch.optim.RAdam`).
    pub struct RAdam = "radam" {
        /// Decay of the mean of gradients.
        beta1, "beta1": Fraction = 0.9,
        /// Decay of the mean of squared gradients.
        beta2, "beta2": Fraction = 0.999,
        /// Term that avoids a division by zero.
        epsilon, "epsilon": Positive = 1e-8,
    }
}

impl RAdam {
    /// The factors of `m` and of `m/(√v + ε)` in step `t`.
    ///
    /// With `ρ∞ = 2/(1 − β₂) − 1` and `ρ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ)`, the step is `m/(1 − β₁ᵗ)` while `ρ ≤ 5`, and
    /// then `m/(1 − β₁ᵗ) · √(1 − β₂ᵗ)/(√v + ε) · √((ρ−4)(ρ−2)ρ∞/((ρ∞−4)(ρ∞−2)ρ))`.
    fn factors(&self, step: i32) -> [f64; 2] {
        let (decay1, decay2) = (self.beta1.powi(step), self.beta2.powi(step));
        let limit = 2.0 / (1.0 - self.beta2) - 1.0;
        let length = limit - 2.0 * f64::from(step) * decay2 / (1.0 - decay2);
        let correction = 1.0 / (1.0 - decay1);
        if length <= 5.0 {
            return [correction, 0.0];
        }
        let numerator = (length - 4.0) * (length - 2.0) * limit;
        let rectification = (numerator / ((limit - 4.0) * (limit - 2.0) * length)).sqrt();
        [0.0, correction * (1.0 - decay2).sqrt() * rectification]
    }
}

impl Step for RAdam {
    const COUNTS_STEPS: bool = true;

    fn lists(&self) -> Vec<bool> {
        vec![true; 2]
    }

    fn on_tensors<B: Backend>(
        members: &[Self],
        device: &B::Device,
    ) -> Box<dyn TensorOptimizer<B>> {
        Box::new(RAdamOnTensors {
            beta1: PerMember::of(members, |m| m.beta1, device),
            one_minus_beta1: PerMember::of(members, |m| 1.0 - m.beta1, device),
            beta2: PerMember::of(members, |m| m.beta2, device),
            one_minus_beta2: PerMember::of(members, |m| 1.0 - m.beta2, device),
            epsilon: PerMember::of(members, |m| usable_epsilon(m.epsilon), device),
            means: Vec::new(),
            variances: Vec::new(),
            steps: vec![0; members.len()],
            members: members.to_vec(),
            device: device.clone(),
        })
    }
}

/// `m ← β₁·m + (1−β₁)·g` and `v ← β₂·v + (1−β₂)·g²`, then the step of [`RAdam::factors`].
struct RAdamOnTensors<B: Backend> {
    beta1: PerMember<B>,
    one_minus_beta1: PerMember<B>,
    beta2: PerMember<B>,
    one_minus_beta2: PerMember<B>,
    epsilon: PerMember<B>,
    means: Vec<Tensor<B, 3>>,
    variances: Vec<Tensor<B, 3>>,
    /// The number of steps that each member has taken.
    steps: Vec<usize>,
    members: Vec<RAdam>,
    device: B::Device,
}

impl<B: Backend> TensorOptimizer<B> for RAdamOnTensors<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        self.steps.iter_mut().for_each(|steps| *steps += 1);
        let squared = squares(&gradients);
        update_moving_means(&mut self.variances, squared, &self.beta2, &self.one_minus_beta2);
        let gradients = gradients.into_iter();
        update_moving_means(&mut self.means, gradients, &self.beta1, &self.one_minus_beta1);
        let members = self.members.iter().zip(&self.steps);
        let factors: Vec<[f64; 2]> = members
            .map(|(member, &steps)| member.factors(steps as i32))
            .collect();
        let [plain, adaptive] = [0, 1].map(|index| {
            let values: Vec<f64> = factors.iter().map(|factors| factors[index]).collect();
            PerMember::new(&values, &self.device)
        });
        let moments = self.means.iter().zip(&self.variances);
        let directions = moments.map(|(mean, variance)| {
            let divisor = self.epsilon.add_to(variance.clone().sqrt());
            plain.scale(mean.clone()) + adaptive.scale(mean.clone() / divisor)
        });
        apply_update(parameters, directions, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        StackedState {
            steps: self.steps.clone(),
            ..StackedState::from_lists(&[&self.means, &self.variances])
        }
    }

    fn set_stacked_state(&mut self, mut state: StackedState<B>) {
        self.means = state.take_list(0);
        self.variances = state.take_list(1);
        self.steps = state.steps;
    }
}
