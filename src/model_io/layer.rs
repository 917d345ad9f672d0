//! The layers of a network in PyTorch's terms, made from its stages.

use super::sample_shape::{POOLING_SIZE, SampleShape};
use crate::model::NORM_EPSILON;
use crate::spec::{Config, DropoutSite, Stage};
use serde::{Deserialize, Serialize};

/// A layer. Images are `[channels, height, width]`, as in PyTorch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ModelLayer {
    /// `torch.nn.Dropout`. Drops values in training, and has no effect afterwards.
    Dropout {
        /// The probability that a value is dropped.
        rate: f64,
    },
    /// `torch.nn.Conv2d` of stride 1.
    Convolution {
        /// The prefix of its tensors' names.
        name: String,
        /// Input channels.
        inputs: usize,
        /// Output channels.
        outputs: usize,
        /// Height and width of the kernel.
        kernel_size: usize,
        /// Rows and columns of zeros on each side.
        padding: usize,
    },
    /// `torch.nn.Linear`.
    Dense {
        /// The prefix of its tensors' names.
        name: String,
        /// Input features.
        inputs: usize,
        /// Output features.
        outputs: usize,
    },
    /// `torch.nn.BatchNorm2d` for images, otherwise `BatchNorm1d`.
    BatchNorm {
        /// The prefix of its tensors' names.
        name: String,
        /// Features, or channels of an image.
        units: usize,
        /// Added to the variance to avoid division by zero.
        epsilon: f64,
    },
    /// `torch.nn.LayerNorm` over all values of a sample.
    LayerNorm {
        /// The prefix of its tensors' names.
        name: String,
        /// The shape of a sample.
        shape: Vec<usize>,
        /// Added to the variance to avoid division by zero.
        epsilon: f64,
    },
    /// An activation function of each value, with the default parameters of `torch.nn`.
    Activation {
        /// Its name in sweep files.
        function: String,
    },
    /// `torch.nn.MaxPool2d(2)` or `AvgPool2d(2)`.
    Pooling {
        /// `max` or `average`.
        pooling: String,
        /// Height and width of the window.
        size: usize,
    },
    /// `torch.nn.Flatten`: turns an image into a row of values, channel by channel.
    Flatten,
}

/// Names layers and norms by the number of dense and convolution layers so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LayerNames(usize);

impl LayerNames {
    /// The name of the next dense or convolution layer.
    pub(super) fn layer(&mut self) -> String {
        self.0 += 1;
        format!("layer{}", self.0)
    }

    /// The name of the norm after that layer.
    pub(super) fn norm(self) -> String {
        format!("norm{}", self.0)
    }
}

/// The layers of the network of this configuration.
pub fn layers_of(config: &Config) -> Vec<ModelLayer> {
    let rate = |site| config.model.dropout_rate(site);
    layers(&config.stages(), config.image(), rate)
}

/// The layers of a network of these stages for samples of this shape. `rate` returns the dropout rate
/// of a site; a rate of 0 gives no layer.
pub(super) fn layers(
    stages: &[Stage],
    image: Option<[usize; 3]>,
    rate: impl Fn(DropoutSite) -> f64,
) -> Vec<ModelLayer> {
    let mut layers = Vec::with_capacity(stages.len());
    let mut names = LayerNames::default();
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
                size: POOLING_SIZE,
            },
        };
        layers.push(layer);
        let before = sample.unwrap_or(SampleShape::Row(stage.features()));
        sample = Some(before.after(stage));
    }
    layers
}
