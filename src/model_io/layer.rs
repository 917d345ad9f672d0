//! Layers as PyTorch has them, made from the stages of a network and back.

use super::sample::{POOLED, SampleShape};
use crate::model::NORM_EPSILON;
use crate::spec::{Config, DropoutSite, Stage};
use serde::{Deserialize, Serialize};

/// A layer, in the order in which a sample goes through them. Images are `[channels, height,
/// width]`, as in PyTorch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ModelLayer {
    /// Values are dropped while training (`torch.nn.Dropout`); it does nothing afterwards.
    Dropout {
        /// The probability of a value being dropped.
        rate: f64,
    },
    /// `torch.nn.Conv2d` of stride 1.
    Convolution {
        /// The beginning of its tensors' names.
        name: String,
        /// Channels that come in.
        inputs: usize,
        /// Channels that go out.
        outputs: usize,
        /// Height and width of the kernel.
        kernel_size: usize,
        /// Rows and columns of zeros on each side.
        padding: usize,
    },
    /// `torch.nn.Linear`.
    Dense {
        /// The beginning of its tensors' names.
        name: String,
        /// Numbers that come in.
        inputs: usize,
        /// Numbers that go out.
        outputs: usize,
    },
    /// `torch.nn.BatchNorm2d` on images, else `BatchNorm1d`.
    BatchNorm {
        /// The beginning of its tensors' names.
        name: String,
        /// Units, or channels of an image.
        units: usize,
        /// Added to the variance against division by zero.
        epsilon: f64,
    },
    /// `torch.nn.LayerNorm` over all numbers of a sample.
    LayerNorm {
        /// The beginning of its tensors' names.
        name: String,
        /// The shape of a sample.
        shape: Vec<usize>,
        /// Added to the variance against division by zero.
        epsilon: f64,
    },
    /// A function of each number, named as in a sweep file; as `torch.nn` has it by default.
    Activation {
        /// Its name.
        function: String,
    },
    /// `torch.nn.MaxPool2d(2)` or `AvgPool2d(2)`.
    Pooling {
        /// `max` or `average`.
        pooling: String,
        /// Height and width of what becomes one number.
        size: usize,
    },
    /// An image becomes a row of numbers, channel by channel (`torch.nn.Flatten`).
    Flatten,
}

/// The names of layers and norms: both are counted by the dense and convolution layers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Names(usize);

impl Names {
    /// The name of the next dense or convolution layer.
    pub(super) fn layer(&mut self) -> String {
        self.0 += 1;
        format!("layer{}", self.0)
    }

    /// The name of the norm behind that layer.
    pub(super) fn norm(self) -> String {
        format!("norm{}", self.0)
    }
}

/// The layers of the network of this configuration.
pub fn layers_of(config: &Config) -> Vec<ModelLayer> {
    let rate = |site| config.model.dropout_rate(site);
    layers(&config.stages(), config.image(), rate)
}

/// The layers of a network of these stages on samples of this shape; `rate` tells how much is
/// dropped, and where that is nothing there is no layer for it.
pub(super) fn layers(
    stages: &[Stage],
    image: Option<[usize; 3]>,
    rate: impl Fn(DropoutSite) -> f64,
) -> Vec<ModelLayer> {
    let mut layers = Vec::with_capacity(stages.len());
    let mut names = Names::default();
    let mut sample = image.map(SampleShape::Image);
    for &stage in stages {
        let layer = match stage {
            Stage::Dropout { site, .. } => match rate(site) {
                0.0 => continue,
                rate => ModelLayer::Dropout { rate },
            },
            Stage::Convolution {
                inputs,
                outputs,
                kernel,
                ..
            } => ModelLayer::Convolution {
                name: names.layer(),
                inputs,
                outputs,
                kernel_size: kernel,
                padding: kernel / 2,
            },
            Stage::Dense { inputs, outputs } => {
                if matches!(sample, Some(SampleShape::Image(_))) {
                    layers.push(ModelLayer::Flatten);
                }
                ModelLayer::Dense {
                    name: names.layer(),
                    inputs,
                    outputs,
                }
            }
            Stage::BatchNorm { units, .. } => ModelLayer::BatchNorm {
                name: names.norm(),
                units,
                epsilon: NORM_EPSILON,
            },
            Stage::LayerNorm { features } => ModelLayer::LayerNorm {
                name: names.norm(),
                shape: sample.unwrap_or(SampleShape::Row(features)).shape(),
                epsilon: NORM_EPSILON,
            },
            Stage::Activation { function, .. } => ModelLayer::Activation {
                function: function.name().to_owned(),
            },
            Stage::Pooling { pooling, .. } => ModelLayer::Pooling {
                pooling: pooling.name().to_owned(),
                size: POOLED,
            },
        };
        layers.push(layer);
        let before = sample.unwrap_or(SampleShape::Row(stage.features()));
        sample = Some(before.behind(stage));
    }
    layers
}
