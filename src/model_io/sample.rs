//! What a sample is on its way through the layers.

use crate::spec::Stage;

/// The side of what a pooling makes one number of.
pub(super) const POOLED: usize = 2;

/// What a sample is between two layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum SampleShape {
    /// Height, width and channels.
    Image([usize; 3]),
    /// So many numbers.
    Row(usize),
}

impl SampleShape {
    pub(super) fn input(features: usize, image: Option<[usize; 3]>) -> Self {
        image.map_or(Self::Row(features), Self::Image)
    }

    /// Numbers that it has.
    pub(super) fn features(self) -> usize {
        match self {
            Self::Image([height, width, channels]) => height * width * channels,
            Self::Row(features) => features,
        }
    }

    /// Channels of an image, else numbers.
    pub(super) fn units(self) -> usize {
        match self {
            Self::Image([_, _, channels]) => channels,
            Self::Row(features) => features,
        }
    }

    /// Its shape in PyTorch.
    pub(super) fn shape(self) -> Vec<usize> {
        match self {
            Self::Image([height, width, channels]) => vec![channels, height, width],
            Self::Row(features) => vec![features],
        }
    }

    /// The sample behind a stage.
    pub(super) fn behind(self, stage: Stage) -> Self {
        match stage {
            Stage::Convolution {
                height,
                width,
                outputs,
                ..
            } => Self::Image([height, width, outputs]),
            Stage::Pooling {
                height,
                width,
                channels,
                ..
            } => Self::Image([height / POOLED, width / POOLED, channels]),
            Stage::Dense { outputs, .. } => Self::Row(outputs),
            Stage::Dropout { .. }
            | Stage::BatchNorm { .. }
            | Stage::LayerNorm { .. }
            | Stage::Activation { .. } => self,
        }
    }
}
