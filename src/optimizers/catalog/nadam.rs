//! Adam with Nesterov's momentum (Dozat 2016), as `torch.optim.NAdam`.

use crate::backend::{Backend, FusedRule, FusedStep};
use crate::optimizers::declaration::optimizer;
use crate::optimizers::moments::{MomentSettings, Moments};
use crate::optimizers::per_member::PerMember;
use crate::optimizers::stacked_state::StackedState;
use crate::optimizers::step::{Step, StepCounter, TensorOptimizer};
use crate::optimizers::update::apply_update;
use crate::values::number::{Fraction, NonNegative, Positive};
use burn::tensor::Tensor;

optimizer! {
    /// Adam with Nesterov's momentum (Dozat 2016; `torch.optim.NAdam`).
    pub struct NAdam = "nadam" {
        /// Decay of the mean of gradients.
        beta1, "beta1": Fraction = 0.9,
        /// Decay of the mean of squared gradients.
        beta2, "beta2": Fraction = 0.999,
        /// Term that avoids a division by zero.
        epsilon, "epsilon": Positive = 1e-8,
        /// Decay of the momentum.
        momentum_decay, "momentumdecay": NonNegative = 0.004,
    }
}

impl NAdam {
    fn moments(self) -> MomentSettings {
        MomentSettings {
            beta1: self.beta1,
            beta2: self.beta2,
            epsilon: self.epsilon,
            amsgrad: false,
        }
    }

    /// µ of the step with this number: `β₁·(1 − 0.96^(t·ψ)/2)`.
    fn momentum(&self, step: usize) -> f64 {
        let decay = f64::from(step as i32) * self.momentum_decay;
        self.beta1 * (1.0 - 0.5 * 0.96_f64.powf(decay))
    }
}

impl Step for NAdam {
    const COUNTS_STEPS: bool = true;

    fn lists(&self) -> Vec<bool> {
        vec![true; 2]
    }

    fn rule(&self) -> Option<FusedRule> {
        Some(FusedRule::NAdam)
    }

    fn fill(&self, step: &mut StepCounter, constants: &mut FusedStep) {
        self.moments().fill(step, constants);
        let (current, next) = (self.momentum(step.number), self.momentum(step.number + 1));
        step.carried *= current;
        constants.nadam_gradient_factor = ((1.0 - current) / (1.0 - step.carried)) as f32;
        constants.correction = (next / (1.0 - step.carried * next)) as f32;
    }

    /// ∏µ of these steps.
    fn carried_after(&self, steps: usize) -> f64 {
        let mut product = 1.0;
        for step in 1..=steps {
            product *= self.momentum(step);
            // After thousands of steps, it is and remains 0.
            if product == 0.0 {
                break;
            }
        }
        product
    }

    fn on_tensors<B: Backend>(
        members: &[Self],
        device: &B::Device,
    ) -> Box<dyn TensorOptimizer<B>> {
        let settings: Vec<MomentSettings> = members.iter().map(|m| m.moments()).collect();
        Box::new(NAdamOnTensors {
            moments: Moments::new(&settings, device),
            members: members.to_vec(),
            products: vec![1.0; members.len()],
        })
    }
}

/// With `µₜ = β₁·(1 − 0.96^(t·ψ)/2)` and Adam's `m` and `v`:
/// `w ← w − η·((1−µₜ)/(1−∏µ)·g + µₜ₊₁/(1−∏µ·µₜ₊₁)·m) / (√v/√(1−β₂ᵗ) + ε)`.
struct NAdamOnTensors<B: Backend> {
    moments: Moments<B>,
    members: Vec<NAdam>,
    /// For each member, ∏µ up to the last step.
    products: Vec<f64>,
}

impl<B: Backend> NAdamOnTensors<B> {
    /// For each member, µ of the step `offset` steps after its last.
    fn momenta(&self, offset: usize) -> Vec<f64> {
        let members = self.members.iter().zip(&self.moments.steps);
        members
            .map(|(member, &steps)| member.momentum(steps as usize + offset))
            .collect()
    }
}

impl<B: Backend> TensorOptimizer<B> for NAdamOnTensors<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        self.moments.update(gradients.clone());
        let (momenta, next) = (self.momenta(0), self.momenta(1));
        for (product, momentum) in self.products.iter_mut().zip(&momenta) {
            *product *= momentum;
        }
        let products = || self.products.iter();
        let gradient_factor = momenta
            .iter()
            .zip(products())
            .map(|(momentum, product)| (1.0 - momentum) / (1.0 - product));
        let gradient_factor = self.moments.per_member(gradient_factor);
        let mean_factor = next
            .iter()
            .zip(products())
            .map(|(next, product)| next / (1.0 - product * next));
        let mean_factor = self.moments.per_member(mean_factor);
        let directions =
            gradients
                .into_iter()
                .zip(self.moments.scaled())
                .map(|(gradient, (mean, divisor))| {
                    (gradient_factor.scale(gradient) + mean_factor.scale(mean)) / divisor
                });
        apply_update(parameters, directions, learning_rate)
    }

    fn stacked_state(&self) -> StackedState<B> {
        self.moments.stacked_state()
    }

    fn set_stacked_state(&mut self, mut state: StackedState<B>) {
        self.moments.set_stacked_state(&mut state);
        let members = self.members.iter().zip(&self.moments.steps);
        self.products = members
            .map(|(member, &steps)| member.carried_after(steps as usize))
            .collect();
    }
}
