//! Adam with Nesterov's momentum (Dozat 2016), as `torch.optim.NAdam`.

use super::{Optimizer, moving_means, squares};
use crate::spec::Training;
use crate::train::per_member::PerMember;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// With `µₜ = β₁·(1 − 0.96^(t·ψ)/2)` and `m`, `v` as Adam's:
/// `w ← w − η·((1−µₜ)/(1−∏µ)·g + µₜ₊₁/(1−∏µ·µₜ₊₁)·m) / (√(v/(1−β₂ᵗ)) + ε)`.
pub(super) struct NAdam<B: Backend> {
    beta1: Vec<f64>,
    beta2: Vec<f64>,
    /// ψ
    momentum_decay: Vec<f64>,
    epsilon: PerMember<B>,
    decay1: PerMember<B>,
    decay2: PerMember<B>,
    share1: PerMember<B>,
    share2: PerMember<B>,
    means: Vec<Tensor<B, 3>>,
    variances: Vec<Tensor<B, 3>>,
    /// ∏µ up to the last step, for each member.
    products: Vec<f64>,
    steps: i32,
    device: B::Device,
}

impl<B: Backend> NAdam<B> {
    /// Members with these settings.
    pub(super) fn new(members: &[&Training], device: &B::Device) -> Self {
        Self {
            beta1: members.iter().map(|m| m.beta1.get()).collect(),
            beta2: members.iter().map(|m| m.beta2.get()).collect(),
            momentum_decay: members.iter().map(|m| m.momentum_decay.get()).collect(),
            epsilon: PerMember::of(members, |m| m.epsilon(), device),
            decay1: PerMember::of(members, |m| m.beta1.get(), device),
            decay2: PerMember::of(members, |m| m.beta2.get(), device),
            share1: PerMember::of(members, |m| 1.0 - m.beta1.get(), device),
            share2: PerMember::of(members, |m| 1.0 - m.beta2.get(), device),
            means: Vec::new(),
            variances: Vec::new(),
            products: vec![1.0; members.len()],
            steps: 0,
            device: device.clone(),
        }
    }

    /// µ at step `step` of each member.
    fn momenta(&self, step: i32) -> Vec<f64> {
        let momentum = |(beta, decay): (&f64, &f64)| {
            beta * (1.0 - 0.5 * 0.96_f64.powf(f64::from(step) * decay))
        };
        self.beta1
            .iter()
            .zip(&self.momentum_decay)
            .map(momentum)
            .collect()
    }

    fn per_member(&self, values: impl Iterator<Item = f64>) -> PerMember<B> {
        PerMember::new(&values.collect::<Vec<_>>(), &self.device)
    }
}

impl<B: Backend> Optimizer<B> for NAdam<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        self.steps += 1;
        let squared = squares(&gradients);
        moving_means(&mut self.variances, squared, &self.decay2, &self.share2);
        let now = gradients.iter().cloned();
        moving_means(&mut self.means, now, &self.decay1, &self.share1);
        let (momenta, next) = (self.momenta(self.steps), self.momenta(self.steps + 1));
        for (product, momentum) in self.products.iter_mut().zip(&momenta) {
            *product *= momentum;
        }
        let products = || self.products.iter();
        let of_gradient = self.per_member(
            momenta
                .iter()
                .zip(products())
                .map(|(momentum, product)| (1.0 - momentum) / (1.0 - product)),
        );
        let of_mean = self.per_member(
            next.iter()
                .zip(products())
                .map(|(next, product)| next / (1.0 - product * next)),
        );
        let root_correction = self.per_member(
            self.beta2
                .iter()
                .map(|beta| (1.0 / (1.0 - beta.powi(self.steps))).sqrt()),
        );
        let moments = self.means.iter().zip(&self.variances);
        parameters
            .into_iter()
            .zip(gradients)
            .zip(moments)
            .map(|((parameter, gradient), (mean, variance))| {
                let root = root_correction.scale(variance.clone().sqrt());
                let direction = of_gradient.scale(gradient) + of_mean.scale(mean.clone());
                parameter - learning_rate.scale(direction / self.epsilon.add_to(root))
            })
            .collect()
    }
}
