//! The sequence of stages of a model, from which it is built, counted and drawn.

use super::trial_config::Config;
use crate::spec::model::network::{Activation, Model, Norm, NormPosition, Pooling};

/// A stage of a network. Samples are flat; an image is `[height, width, channels]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Dropout, during training.
    Dropout {
        /// Its position in the model.
        site: DropoutSite,
        /// Values of one sample.
        features: usize,
    },
    /// A convolution that keeps the size of the image.
    Convolution {
        /// Rows of the image.
        height: usize,
        /// Columns of the image.
        width: usize,
        /// Input channels.
        inputs: usize,
        /// Output channels.
        outputs: usize,
        /// Height and width of the kernel.
        kernel: usize,
    },
    /// A fully connected layer.
    Dense {
        /// Input values.
        inputs: usize,
        /// Output values.
        outputs: usize,
    },
    /// Normalisation over the batch.
    BatchNorm {
        /// Units of a dense layer, or channels of an image.
        units: usize,
        /// Pixels of an image; 1 after a dense layer.
        positions: usize,
    },
    /// Normalisation over each sample.
    LayerNorm {
        /// Values of one sample.
        features: usize,
    },
    /// An activation function.
    Activation {
        /// The function.
        function: Activation,
        /// Values of one sample.
        features: usize,
    },
    /// Pooling over 2 × 2; an odd last row or column is ignored.
    Pooling {
        /// Maximum or mean.
        pooling: Pooling,
        /// Input rows.
        height: usize,
        /// Input columns.
        width: usize,
        /// Channels.
        channels: usize,
    },
}

/// A position of dropout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DropoutSite {
    /// On the input.
    Input,
    /// At the end of the block with this index.
    Block(usize),
    /// After the hidden layer with this index.
    Hidden(usize),
}

impl Stage {
    /// The number of weights and biases.
    pub fn parameters(self) -> u64 {
        let product = |a: usize, b: usize| (a as u64).saturating_add(1).saturating_mul(b as u64);
        match self {
            Self::Convolution {
                inputs,
                outputs,
                kernel,
                ..
            } => product(
                kernel.saturating_mul(kernel).saturating_mul(inputs),
                outputs,
            ),
            Self::Dense { inputs, outputs } => product(inputs, outputs),
            Self::BatchNorm { units, .. } => 2 * units as u64,
            Self::LayerNorm { features } => 2 * features as u64,
            Self::Dropout { .. } | Self::Activation { .. } | Self::Pooling { .. } => 0,
        }
    }

    /// Floating-point operations of the forward matrix product, per sample.
    ///
    /// A product with an `inputs × outputs` matrix has `2 · inputs · outputs`, for each pixel of an
    /// image.
    pub fn flop(self) -> f64 {
        match self {
            Self::Convolution {
                height,
                width,
                inputs,
                outputs,
                kernel,
            } => 2.0 * (height * width) as f64 * (kernel * kernel * inputs) as f64 * outputs as f64,
            Self::Dense { inputs, outputs } => 2.0 * inputs as f64 * outputs as f64,
            _ => 0.0,
        }
    }

    /// The maximum number of values that one sample has within this stage. For a convolution, these
    /// are its patches or its output.
    pub fn peak_values(self) -> usize {
        match self {
            Self::Convolution {
                height,
                width,
                inputs,
                outputs,
                kernel,
            } => (height * width).saturating_mul(outputs.max(kernel * kernel * inputs)),
            _ => self.features(),
        }
    }

    /// Output values of this stage, per sample.
    pub fn features(self) -> usize {
        match self {
            Self::Convolution {
                height,
                width,
                outputs,
                ..
            } => height * width * outputs,
            Self::Dense { outputs, .. } => outputs,
            Self::BatchNorm { units, positions } => units * positions,
            Self::Dropout { features, .. }
            | Self::LayerNorm { features }
            | Self::Activation { features, .. } => features,
            Self::Pooling {
                height,
                width,
                channels,
                ..
            } => (height / 2) * (width / 2) * channels,
        }
    }
}

impl Model {
    /// The dropout probability at a position.
    pub fn dropout_rate(&self, site: DropoutSite) -> f64 {
        match site {
            DropoutSite::Input => self.input_dropout.get(),
            DropoutSite::Block(_) => self.block_dropout.get(),
            DropoutSite::Hidden(_) => self.dropout.get(),
        }
    }
}

impl Config {
    /// The model's stages, from the input to the logits.
    ///
    /// A block of a `cnn` is convolution, norm, activation, pooling, dropout. A hidden layer is dense,
    /// norm, activation, dropout. `model.norm_position` can move the norm after the activation.
    pub fn stages(&self) -> Vec<Stage> {
        let model = &self.model;
        let mut stages = Vec::new();
        let mut features = self.features();
        stages.push(Stage::Dropout {
            site: DropoutSite::Input,
            features,
        });
        if let Some([mut height, mut width, mut inputs]) = self.image() {
            for (block, outputs) in model.block_channels().into_iter().enumerate() {
                stages.push(Stage::Convolution {
                    height,
                    width,
                    inputs,
                    outputs,
                    kernel: model.kernel_size.get(),
                });
                self.push_activation_stages(&mut stages, outputs, height * width);
                if model.pooling != Pooling::None {
                    stages.push(Stage::Pooling {
                        pooling: model.pooling,
                        height,
                        width,
                        channels: outputs,
                    });
                    (height, width) = (height / 2, width / 2);
                }
                inputs = outputs;
                features = height * width * outputs;
                stages.push(Stage::Dropout {
                    site: DropoutSite::Block(block),
                    features,
                });
            }
        }
        for (layer, width) in model.hidden_widths().into_iter().enumerate() {
            stages.push(Stage::Dense {
                inputs: features,
                outputs: width,
            });
            self.push_activation_stages(&mut stages, width, 1);
            stages.push(Stage::Dropout {
                site: DropoutSite::Hidden(layer),
                features: width,
            });
            features = width;
        }
        stages.push(Stage::Dense {
            inputs: features,
            outputs: self.classes(),
        });
        stages
    }

    /// Appends the activation and the norm that follow a linear map with `units` outputs for each of
    /// `positions` pixels.
    fn push_activation_stages(&self, stages: &mut Vec<Stage>, units: usize, positions: usize) {
        let model = &self.model;
        let features = units * positions;
        let norm = match model.norm {
            Norm::None => None,
            Norm::Batch => Some(Stage::BatchNorm { units, positions }),
            Norm::Layer => Some(Stage::LayerNorm { features }),
        };
        let activation = Stage::Activation {
            function: model.activation,
            features,
        };
        match model.norm_position {
            NormPosition::BeforeActivation => stages.extend(norm.into_iter().chain([activation])),
            NormPosition::AfterActivation => stages.extend([activation].into_iter().chain(norm)),
        }
    }

    /// The number of weights and biases of the model.
    pub fn parameters(&self) -> u64 {
        let stages = self.stages();
        let counts = stages.iter().map(|stage| stage.parameters());
        counts.fold(0, u64::saturating_add)
    }

    /// Floating-point operations of the matrix products per sample, forward and backward.
    ///
    /// The backward pass has one product for the weights of each layer and, except in the first layer,
    /// one for its input.
    pub fn flop_per_sample(&self) -> (f64, f64) {
        let stages = self.stages();
        let products: Vec<f64> = stages
            .iter()
            .map(|stage| stage.flop())
            .filter(|&flop| flop > 0.0)
            .collect();
        let forward: f64 = products.iter().sum();
        let first = products.first().copied().unwrap_or(0.0);
        (forward, 2.0 * forward - first)
    }
}
