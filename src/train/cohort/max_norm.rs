//! The bound on the norm of the weights into each unit.

use crate::backend::Backend;
use crate::model::ParameterLayer;
use crate::optimizers::PerMember;
use crate::spec::Training;
use crate::train::bounds::bounds;
use burn::tensor::Tensor;

/// The maximum norm of the weights into each unit; `None` if no member has one.
pub(super) struct MaxNorm<B: Backend>(Option<PerMember<B>>);

impl<B: Backend> MaxNorm<B> {
    pub(super) fn new(members: &[&Training], device: &B::Device) -> Self {
        Self(bounds(members, |m| m.max_norm, device))
    }

    /// Scales down the weights into each unit to at most the maximum norm (`torch.renorm`).
    pub(super) fn apply(
        &self,
        mut parameters: Vec<Tensor<B, 3>>,
        layers: &[ParameterLayer],
    ) -> Vec<Tensor<B, 3>> {
        if let Some(bound) = &self.0 {
            for layer in layers {
                let weight = parameters[layer.weight].clone();
                // Finite, so that an infinite bound changes nothing even if the norm overflows.
                let norm = (weight.clone() * weight.clone()).sum_dim(1).sqrt();
                let norm = norm.clamp_max(f64::from(f32::MAX));
                let factor = bound.scale(norm.add_scalar(1e-7).recip()).clamp_max(1.0);
                parameters[layer.weight] = weight * factor;
            }
        }
        parameters
    }
}
