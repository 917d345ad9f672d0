//! Adam with Nesterov's momentum (Dozat 2016), as `torch.optim.NAdam`.

use super::moments::Moments;
use super::{Optimizer, StateLists, descended};
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
    /// ∏µ up to the last step, for each member.
    products: Vec<f64>,
}

impl<B: Backend> NAdam<B> {
    /// Members with these settings.
    pub(super) fn new(members: &[&Training], device: &B::Device) -> Self {
        Self {
            moments: Moments::new(members, device),
            momentum_decay: members.iter().map(|m| m.momentum_decay.get()).collect(),
            products: vec![1.0; members.len()],
        }
    }

    /// µ of each member so many steps after its last.
    fn momenta(&self, later: i32) -> Vec<f64> {
        let momentum = |((beta, decay), &steps): ((&f64, &f64), &i32)| {
            beta * (1.0 - 0.5 * 0.96_f64.powf(f64::from(steps + later) * decay))
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
        let of_gradient = momenta
            .iter()
            .zip(products())
            .map(|(momentum, product)| (1.0 - momentum) / (1.0 - product));
        let of_gradient = self.moments.per_member(of_gradient);
        let of_mean = next
            .iter()
            .zip(products())
            .map(|(next, product)| next / (1.0 - product * next));
        let of_mean = self.moments.per_member(of_mean);
        let directions =
            gradients
                .into_iter()
                .zip(self.moments.scaled())
                .map(|(gradient, (mean, divisor))| {
                    (of_gradient.scale(gradient) + of_mean.scale(mean)) / divisor
                });
        descended(parameters, directions, learning_rate)
    }

    fn memory(&self) -> StateLists<B> {
        StateLists {
            momentum_products: self.products.clone(),
            ..self.moments.memory()
        }
    }

    fn set_memory(&mut self, mut memory: StateLists<B>) {
        self.moments.set_memory(&mut memory);
        self.products = memory.momentum_products;
    }
}
