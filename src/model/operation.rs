//! What a stage of a network does.

use super::activation_stage::ActivationStage;
use super::batch_norm::BatchNorm;
use super::convolution::Convolution;
use super::pooling::Pool;
use crate::backend::Backend;
use crate::spec::{DropoutSite, Stage};

/// What a stage does.
#[derive(Clone, Debug)]
pub(super) enum Operation<B: Backend> {
    Dense,
    Convolution(Convolution<B>),
    BatchNorm(BatchNorm<B>),
    LayerNorm,
    Activation(ActivationStage<B>),
    Pooling(Pool<B>),
    Dropout(DropoutSite),
}

impl<B: Backend> Operation<B> {
    /// The operation of a stage that holds those of all members, given those of each.
    pub(super) fn new(stage: Stage, own: &[Stage], device: &B::Device) -> Self {
        match stage {
            Stage::Dropout { site, .. } => Self::Dropout(site),
            Stage::Convolution {
                height,
                width,
                inputs,
                outputs,
                kernel,
            } => Self::Convolution(Convolution::new([height, width], inputs, outputs, kernel)),
            Stage::Dense { .. } => Self::Dense,
            Stage::BatchNorm { units, .. } => {
                Self::BatchNorm(BatchNorm::new(own.len(), units, device))
            }
            Stage::LayerNorm { .. } => Self::LayerNorm,
            Stage::Activation { features, .. } => {
                Self::Activation(ActivationStage::new(own, features, device))
            }
            Stage::Pooling {
                pooling,
                height,
                width,
                channels,
            } => Self::Pooling(Pool::new(pooling, [height, width, channels])),
        }
    }

    /// Whether it has a weight and a bias.
    pub(super) fn has_parameters(&self) -> bool {
        matches!(
            self,
            Self::Dense | Self::Convolution(_) | Self::BatchNorm(_) | Self::LayerNorm
        )
    }
}
