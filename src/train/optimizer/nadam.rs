//! Adam with Nesterov's momentum (Dozat 2016), as `torch.optim.NAdam`.

use super::Optimizer;
use super::moments::Moments;
use super::state::StackedState;
use super::update::apply_update;
use crate::backend::Backend;
use crate::spec::Training;
use crate::train::per_member::PerMember;
use burn::tensor::Tensor;

/// With `µₜ = β₁·(1 − 0.96^(t·ψ)/2)` and Adam's `m` and `v`:
/// `w ← w − η·((1−µₜ)/(1−∏µ)·g + µₜ₊₁/(1−∏µ·µₜ₊₁)·m) / (√v/√(1−β₂ᵗ) + ε)`.
pub(super) struct NAdam<B: Backend> {
    moments: Moments<B>,
    /// ψ
    momentum_decay: Vec<f64>,
    /// For each member, ∏µ up to the last step.
    products: Vec<f64>,
}

impl<B: Backend> NAdam<B> {
    /// For members with these settings.
    pub(super) fn new(members: &[&Training], device: &B::Device) -> Self {
        Self {
            moments: Moments::new(members, device),
            momentum_decay: members.iter().map(|m| m.momentum_decay.get()).collect(),
            products: vec![1.0; members.len()],
        }
    }

    /// For each member, µ of the step `offset` steps after its last.
    fn momenta(&self, offset: i32) -> Vec<f64> {
        let momentum = |((beta, decay), &steps): ((&f64, &f64), &i32)| {
            beta * (1.0 - 0.5 * 0.96_f64.powf(f64::from(steps + offset) * decay))
        };
        let members = self.moments.beta1.iter().zip(&self.momentum_decay);
        members.zip(&self.moments.steps).map(momentum).collect()
    }
}

impl<B: Backend> Optimizer<B> for NAdam<B> {
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
        StackedState {
            momentum_products: self.products.clone(),
            ..self.moments.stacked_state()
        }
    }

    fn set_stacked_state(&mut self, mut state: StackedState<B>) {
        self.moments.set_stacked_state(&mut state);
        self.products = state.momentum_products;
    }
}
