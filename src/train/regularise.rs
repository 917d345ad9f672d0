//! What holds gradients and weights in bounds: L1, clipping, max-norm.

use super::per_member::PerMember;
use crate::backend::Backend;
use crate::model::ParameterLayer;
use crate::spec::{Positive, Training};
use burn::tensor::Tensor;

/// What is done to the gradients of members before their optimizer sees them.
pub(super) struct GradientRules<B: Backend> {
    l1: PerMember<B>,
    clip_value: Option<PerMember<B>>,
    clip_norm: Option<PerMember<B>>,
}

/// Bounds of members; nothing where no member has one; infinite for members that have not.
fn bound<B: Backend>(
    members: &[&Training],
    get: fn(&Training) -> Option<Positive>,
    device: &B::Device,
) -> Option<PerMember<B>> {
    let of = |member: &&Training| get(member).map_or(f64::INFINITY, Positive::get);
    let any = members.iter().any(|member| get(member).is_some());
    any.then(|| PerMember::of(members, of, device))
}

impl<B: Backend> GradientRules<B> {
    /// The rules of these members; nothing where they have none.
    pub(super) fn new(members: &[&Training], device: &B::Device) -> Option<Self> {
        let rules = Self {
            l1: PerMember::of(members, |m| m.l1.get(), device),
            clip_value: bound(members, |m| m.clip_value, device),
            clip_norm: bound(members, |m| m.clip_norm, device),
        };
        let any = !rules.l1.is_zero() || rules.clip_value.is_some() || rules.clip_norm.is_some();
        any.then_some(rules)
    }

    /// The gradients with the L1 penalty's added, then clipped by value, then by norm.
    pub(super) fn apply(
        &self,
        parameters: &[Tensor<B, 3>],
        mut gradients: Vec<Tensor<B, 3>>,
    ) -> Vec<Tensor<B, 3>> {
        if !self.l1.is_zero() {
            gradients = gradients
                .into_iter()
                .zip(parameters)
                .map(|(gradient, parameter)| gradient + self.l1.scale(parameter.clone().sign()))
                .collect();
        }
        if let Some(bound) = &self.clip_value {
            // torch.nn.utils.clip_grad_value_
            gradients = gradients
                .into_iter()
                .map(|gradient| bound.at_most(bound.at_most(gradient).neg()).neg())
                .collect();
        }
        if let Some(bound) = &self.clip_norm {
            // torch.nn.utils.clip_grad_norm_, with its 1e-6 against division by zero.
            let norm = total_norm(&gradients).add_scalar(1e-6);
            let factor = bound.scale(norm.recip()).clamp_max(1.0);
            gradients = gradients
                .into_iter()
                .map(|gradient| gradient * factor.clone())
                .collect();
        }
        gradients
    }
}

/// The bound on the weights into each unit.
pub(super) struct MaxNorm<B: Backend>(Option<PerMember<B>>);

impl<B: Backend> MaxNorm<B> {
    pub(super) fn new(members: &[&Training], device: &B::Device) -> Self {
        Self(bound(members, |m| m.max_norm, device))
    }

    /// The parameters with the weights into each unit scaled down to the largest norm allowed
    /// (`torch.renorm`).
    pub(super) fn apply(
        &self,
        mut parameters: Vec<Tensor<B, 3>>,
        layers: &[ParameterLayer],
    ) -> Vec<Tensor<B, 3>> {
        if let Some(bound) = &self.0 {
            for layer in layers {
                let weight = parameters[layer.weight].clone();
                // Finite, so that an infinite bound is none whatever the weights.
                let norm = (weight.clone() * weight.clone()).sum_dim(1).sqrt();
                let norm = norm.clamp_max(f64::from(f32::MAX));
                let factor = bound.scale(norm.add_scalar(1e-7).recip()).clamp_max(1.0);
                parameters[layer.weight] = weight * factor;
            }
        }
        parameters
    }
}

/// The norm of all tensors together, for each member: `[members, 1, 1]`.
fn total_norm<B: Backend>(tensors: &[Tensor<B, 3>]) -> Tensor<B, 3> {
    tensors
        .iter()
        .map(|tensor| {
            let squares = tensor.clone() * tensor.clone();
            squares.sum_dim(2).sum_dim(1)
        })
        .reduce(|sum, squares| sum + squares)
        .expect("a network has parameters")
        .sqrt()
}
