//! Adam (Kingma and Ba 2015), as `torch.optim.Adam`.

use super::{Optimizer, moving_means, squares};
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
    means: Vec<Tensor<B, 3>>,
    variances: Vec<Tensor<B, 3>>,
    steps: i32,
    device: B::Device,
}

impl<B: Backend> Adam<B> {
    /// Members with these settings.
    pub(super) fn new(members: &[&Training], device: &B::Device) -> Self {
        Self {
            beta1: members.iter().map(|m| m.beta1.get()).collect(),
            beta2: members.iter().map(|m| m.beta2.get()).collect(),
            epsilon: PerMember::of(members, |m| m.epsilon(), device),
            decay1: PerMember::of(members, |m| m.beta1.get(), device),
            decay2: PerMember::of(members, |m| m.beta2.get(), device),
            share1: PerMember::of(members, |m| 1.0 - m.beta1.get(), device),
            share2: PerMember::of(members, |m| 1.0 - m.beta2.get(), device),
            means: Vec::new(),
            variances: Vec::new(),
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
        let squared = squares(&gradients);
        moving_means(&mut self.variances, squared, &self.decay2, &self.share2);
        let gradients = gradients.into_iter();
        moving_means(&mut self.means, gradients, &self.decay1, &self.share1);
        let mean_correction = self.correction(&self.beta1, false);
        let root_correction = self.correction(&self.beta2, true);
        let moments = self.means.iter().zip(&self.variances);
        parameters
            .into_iter()
            .zip(moments)
            .map(|(parameter, (mean, variance))| {
                let root = root_correction.scale(variance.clone().sqrt());
                let direction = mean.clone() / self.epsilon.add_to(root);
                parameter - learning_rate.scale(mean_correction.scale(direction))
            })
            .collect()
    }
}
