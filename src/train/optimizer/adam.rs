//! Adam (Kingma and Ba 2015), as `torch.optim.Adam`.

use super::Optimizer;
use crate::spec::Training;
use crate::train::per_member::PerMember;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// `m ← β₁·m + (1−β₁)·g`, `v ← β₂·v + (1−β₂)·g²`, then
/// `w ← w − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)`.
pub(super) struct Adam<B: Backend> {
    beta1: Vec<f64>,
    beta2: Vec<f64>,
    epsilon: PerMember<B>,
    decay1: PerMember<B>,
    decay2: PerMember<B>,
    /// `1 − β₁` and `1 − β₂`.
    share1: PerMember<B>,
    share2: PerMember<B>,
    /// `m` and `v` of each parameter, once there is a first gradient.
    moments: Vec<(Tensor<B, 3>, Tensor<B, 3>)>,
    steps: i32,
    device: B::Device,
}

impl<B: Backend> Adam<B> {
    /// Members with these settings.
    pub(super) fn new(members: &[&Training], device: &B::Device) -> Self {
        let beta1: Vec<f64> = members.iter().map(|m| m.beta1.get()).collect();
        let beta2: Vec<f64> = members.iter().map(|m| m.beta2.get()).collect();
        let epsilon: Vec<f64> = members.iter().map(|m| m.epsilon.get()).collect();
        let rest = |betas: &[f64]| -> Vec<f64> { betas.iter().map(|beta| 1.0 - beta).collect() };
        Self {
            epsilon: PerMember::new(&epsilon, device),
            decay1: PerMember::new(&beta1, device),
            decay2: PerMember::new(&beta2, device),
            share1: PerMember::new(&rest(&beta1), device),
            share2: PerMember::new(&rest(&beta2), device),
            beta1,
            beta2,
            moments: Vec::new(),
            steps: 0,
            device: device.clone(),
        }
    }

    /// `1 / (1 − βᵗ)`, or its root, for each member.
    fn correction(&self, betas: &[f64], root: bool) -> PerMember<B> {
        let values: Vec<f64> = betas
            .iter()
            .map(|beta| 1.0 / (1.0 - beta.powi(self.steps)))
            .map(|correction| if root { correction.sqrt() } else { correction })
            .collect();
        PerMember::new(&values, &self.device)
    }
}

impl<B: Backend> Optimizer<B> for Adam<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        self.steps += 1;
        let first = self.moments.is_empty();
        self.moments = match first {
            true => gradients
                .into_iter()
                .map(|gradient| {
                    let squared = gradient.clone() * gradient.clone();
                    (self.share1.scale(gradient), self.share2.scale(squared))
                })
                .collect(),
            false => std::mem::take(&mut self.moments)
                .into_iter()
                .zip(gradients)
                .map(|((mean, variance), gradient)| {
                    let squared = gradient.clone() * gradient.clone();
                    (
                        self.decay1.scale(mean) + self.share1.scale(gradient),
                        self.decay2.scale(variance) + self.share2.scale(squared),
                    )
                })
                .collect(),
        };
        let mean_correction = self.correction(&self.beta1, false);
        let root_correction = self.correction(&self.beta2, true);
        parameters
            .into_iter()
            .zip(&self.moments)
            .map(|(parameter, (mean, variance))| {
                let root = root_correction.scale(variance.clone().sqrt());
                let direction = mean.clone() / self.epsilon.add_to(root);
                parameter - learning_rate.scale(mean_correction.scale(direction))
            })
            .collect()
    }
}
