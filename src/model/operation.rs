//! The operations of a network's stages.

use super::activation_stage::ActivationStage;
use super::batch_norm::BatchNorm;
use super::images::{Convolution, Pool};
use crate::backend::Backend;
use crate::spec::{DropoutSite, Stage};

/// The operation of a stage.
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
    /// The operation of a stage of the widest model, given the stages of each member.
    pub(super) fn new(stage: Stage, member_stages: &[Stage], device: &B::Device) -> Self {
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
                Self::BatchNorm(BatchNorm::new(member_stages.len(), units, device))
            }
            Stage::LayerNorm { .. } => Self::LayerNorm,
            Stage::Activation { features, .. } => {
                Self::Activation(ActivationStage::new(member_stages, features, device))
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
