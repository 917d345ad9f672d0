//! The moving means of gradients and of their squares, which Adam and its variants use.

use super::per_member::PerMember;
use super::stacked_state::StackedState;
use super::step::StepCounter;
use super::update::{squares, update_moving_means, usable_epsilon};
use crate::backend::{Backend, FusedStep};
use burn::tensor::Tensor;

/// The settings that Adam and its variants share.
#[derive(Clone, Copy, Debug)]
pub(super) struct MomentSettings {
    pub(super) beta1: f64,
    pub(super) beta2: f64,
    pub(super) epsilon: f64,
    /// Whether the largest mean of squared gradients so far takes the place of the current one.
    pub(super) amsgrad: bool,
}

impl MomentSettings {
    /// Writes the constants of a step for the kernels. `correction` is Adam's.
    pub(super) fn fill(self, step: &StepCounter, constants: &mut FusedStep) {
        let Self { beta1, beta2, .. } = self;
        let number = step.number as i32;
        constants.epsilon = usable_epsilon(self.epsilon) as f32;
        constants.momentum = beta1 as f32;
        constants.gradient_factor = (1.0 - beta1) as f32;
        constants.square_decay = beta2 as f32;
        constants.square_factor = (1.0 - beta2) as f32;
        constants.square_correction = (1.0 / (1.0 - beta2.powi(number))).sqrt() as f32;
        constants.correction = (1.0 / (1.0 - beta1.powi(number))) as f32;
    }
}

/// `m ← β₁·m + (1−β₁)·g` and `v ← β₂·v + (1−β₂)·g²` of each parameter.
pub(super) struct Moments<B: Backend> {
    /// β₁ of each member.
    pub(super) beta1: Vec<f64>,
    beta2: Vec<f64>,
    epsilon: PerMember<B>,
    beta1_factor: PerMember<B>,
    beta2_factor: PerMember<B>,
    one_minus_beta1: PerMember<B>,
    one_minus_beta2: PerMember<B>,
    means: Vec<Tensor<B, 3>>,
    variances: Vec<Tensor<B, 3>>,
    amsgrad: bool,
    /// The maximum of each variance so far, with AMSGrad.
    maxima: Vec<Tensor<B, 3>>,
    /// The number of steps that each member has taken.
    pub(super) steps: Vec<i32>,
    device: B::Device,
}

impl<B: Backend> Moments<B> {
    /// For members with these settings, which have AMSGrad all or none.
    pub(super) fn new(members: &[MomentSettings], device: &B::Device) -> Self {
        Self {
            beta1: members.iter().map(|m| m.beta1).collect(),
            beta2: members.iter().map(|m| m.beta2).collect(),
            epsilon: PerMember::of(members, |m| usable_epsilon(m.epsilon), device),
            beta1_factor: PerMember::of(members, |m| m.beta1, device),
            beta2_factor: PerMember::of(members, |m| m.beta2, device),
            one_minus_beta1: PerMember::of(members, |m| 1.0 - m.beta1, device),
            one_minus_beta2: PerMember::of(members, |m| 1.0 - m.beta2, device),
            means: Vec::new(),
            variances: Vec::new(),
            amsgrad: members[0].amsgrad,
            maxima: Vec::new(),
            steps: vec![0; members.len()],
            device: device.clone(),
        }
    }

    /// Updates the means with the gradients of one step.
    pub(super) fn update(&mut self, gradients: Vec<Tensor<B, 3>>) {
        self.steps.iter_mut().for_each(|steps| *steps += 1);
        let squared = squares(&gradients);
        update_moving_means(
            &mut self.variances,
            squared,
            &self.beta2_factor,
            &self.one_minus_beta2,
        );
        if self.amsgrad {
            let variances = self.variances.iter().cloned();
            self.maxima = if self.maxima.is_empty() {
                variances.collect()
            } else {
                let maxima = std::mem::take(&mut self.maxima).into_iter();
                maxima
                    .zip(variances)
                    .map(|(maximum, variance)| maximum.max_pair(variance))
                    .collect()
            };
        }
        let gradients = gradients.into_iter();
        update_moving_means(
            &mut self.means,
            gradients,
            &self.beta1_factor,
            &self.one_minus_beta1,
        );
    }

    /// For each parameter, its mean `m` and the divisor `√v/√(1−β₂ᵗ) + ε`; with AMSGrad, `v` is the largest one so
    /// far.
    pub(super) fn scaled(&self) -> impl Iterator<Item = (Tensor<B, 3>, Tensor<B, 3>)> + '_ {
        let betas = self.beta2.iter().zip(&self.steps);
        let root_correction =
            self.per_member(betas.map(|(beta, &steps)| (1.0 / (1.0 - beta.powi(steps))).sqrt()));
        let variances = if self.amsgrad {
            &self.maxima
        } else {
            &self.variances
        };
        let moments = self.means.iter().zip(variances);
        moments.map(move |(mean, variance)| {
            let root = root_correction.scale(variance.clone().sqrt());
            (mean.clone(), self.epsilon.add_to(root))
        })
    }

    /// One value for each member.
    pub(super) fn per_member(&self, values: impl Iterator<Item = f64>) -> PerMember<B> {
        PerMember::new(&values.collect::<Vec<_>>(), &self.device)
    }

    /// The state of all members.
    pub(super) fn stacked_state(&self) -> StackedState<B> {
        StackedState {
            steps: self.steps.iter().map(|&steps| steps as usize).collect(),
            ..StackedState::from_lists(&[&self.means, &self.variances, &self.maxima])
        }
    }

    /// Continues from this state of all members.
    pub(super) fn set_stacked_state(&mut self, state: &mut StackedState<B>) {
        self.steps = state.steps.iter().map(|&steps| steps as i32).collect();
        self.means = state.take_list(0);
        self.variances = state.take_list(1);
        if self.amsgrad {
            self.maxima = state.take_list(2);
        }
    }
}
