//! The moving means of gradients and of their squares, which Adam and its kin follow.

use super::state::StateLists;
use super::{epsilon, moving_means, squares};
use crate::backend::Backend;
use crate::spec::Training;
use crate::train::per_member::PerMember;
use burn::tensor::Tensor;

/// `m ← β₁·m + (1−β₁)·g` and `v ← β₂·v + (1−β₂)·g²` of each parameter.
pub(super) struct Moments<B: Backend> {
    /// β₁ of each member.
    pub(super) beta1: Vec<f64>,
    beta2: Vec<f64>,
    epsilon: PerMember<B>,
    decay1: PerMember<B>,
    decay2: PerMember<B>,
    /// `1 − β₁` and `1 − β₂`.
    share1: PerMember<B>,
    share2: PerMember<B>,
    means: Vec<Tensor<B, 3>>,
    variances: Vec<Tensor<B, 3>>,
    /// The steps of each member so far.
    pub(super) steps: Vec<i32>,
    device: B::Device,
}

impl<B: Backend> Moments<B> {
    /// Members with these settings.
    pub(super) fn new(members: &[&Training], device: &B::Device) -> Self {
        Self {
            beta1: members.iter().map(|m| m.beta1.get()).collect(),
            beta2: members.iter().map(|m| m.beta2.get()).collect(),
            epsilon: epsilon(members, device),
            decay1: PerMember::of(members, |m| m.beta1.get(), device),
            decay2: PerMember::of(members, |m| m.beta2.get(), device),
            share1: PerMember::of(members, |m| 1.0 - m.beta1.get(), device),
            share2: PerMember::of(members, |m| 1.0 - m.beta2.get(), device),
            means: Vec::new(),
            variances: Vec::new(),
            steps: vec![0; members.len()],
            device: device.clone(),
        }
    }

    /// Takes the gradients of one more step into the means.
    pub(super) fn update(&mut self, gradients: Vec<Tensor<B, 3>>) {
        self.steps.iter_mut().for_each(|steps| *steps += 1);
        let squared = squares(&gradients);
        moving_means(&mut self.variances, squared, &self.decay2, &self.share2);
        let gradients = gradients.into_iter();
        moving_means(&mut self.means, gradients, &self.decay1, &self.share1);
    }

    /// For each parameter its mean `m`, and `√v/√(1−β₂ᵗ) + ε` to divide by.
    pub(super) fn scaled(&self) -> impl Iterator<Item = (Tensor<B, 3>, Tensor<B, 3>)> + '_ {
        let betas = self.beta2.iter().zip(&self.steps);
        let root_correction =
            self.per_member(betas.map(|(beta, &steps)| (1.0 / (1.0 - beta.powi(steps))).sqrt()));
        let moments = self.means.iter().zip(&self.variances);
        moments.map(move |(mean, variance)| {
            let root = root_correction.scale(variance.clone().sqrt());
            (mean.clone(), self.epsilon.add_to(root))
        })
    }

    /// A number for each member.
    pub(super) fn per_member(&self, values: impl Iterator<Item = f64>) -> PerMember<B> {
        PerMember::new(&values.collect::<Vec<_>>(), &self.device)
    }

    /// What is known of all members.
    pub(super) fn memory(&self) -> StateLists<B> {
        StateLists {
            steps: self.steps.iter().map(|&steps| steps as usize).collect(),
            ..StateLists::of_lists(&[&self.means, &self.variances])
        }
    }

    /// Goes on from what was known of all members.
    pub(super) fn set_memory(&mut self, memory: &mut StateLists<B>) {
        self.steps = memory.steps.iter().map(|&steps| steps as i32).collect();
        self.means = memory.take_list(0);
        self.variances = memory.take_list(1);
    }
}
