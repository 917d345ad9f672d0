//! The shape of a sample between two layers.

use crate::spec::Stage;

/// Height and width of a pooling window.
pub(super) const POOLING_SIZE: usize = 2;

/// The shape of a sample between two layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum SampleShape {
    /// Height, width and channels.
    Image([usize; 3]),
    /// This number of values.
    Row(usize),
}

impl SampleShape {
    pub(super) fn input(features: usize, image: Option<[usize; 3]>) -> Self {
        image.map_or(Self::Row(features), Self::Image)
    }

    /// The number of values.
    pub(super) fn features(self) -> usize {
        match self {
            Self::Image([height, width, channels]) => height * width * channels,
            Self::Row(features) => features,
        }
    }

    /// The channels of an image, or the values of a row.
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

    /// The shape after a stage.
    pub(super) fn after(self, stage: Stage) -> Self {
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
            } => Self::Image([height / POOLING_SIZE, width / POOLING_SIZE, channels]),
            Stage::Dense { outputs, .. } => Self::Row(outputs),
            Stage::Dropout { .. }
            | Stage::BatchNorm { .. }
            | Stage::LayerNorm { .. }
            | Stage::Activation { .. } => self,
        }
    }
}
