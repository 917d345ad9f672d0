//! A model's stages, one after the other: what is built, counted and drawn.

use super::trial_config::Config;
use crate::spec::model::network::{Activation, Model, Norm, NormPosition, Pooling};

/// One stage of a network. Samples are flat; an image is `[height, width, channels]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Values are dropped while training.
    Dropout {
        /// Where in the model.
        site: DropoutSite,
        /// Numbers of one sample.
        features: usize,
    },
    /// A convolution that keeps the image's size.
    Convolution {
        /// Rows of the image.
        height: usize,
        /// Columns of the image.
        width: usize,
        /// Channels that come in.
        inputs: usize,
        /// Channels that go out.
        outputs: usize,
        /// Height and width of the kernel.
        kernel: usize,
    },
    /// A fully connected layer.
    Dense {
        /// Numbers that come in.
        inputs: usize,
        /// Numbers that go out.
        outputs: usize,
    },
    /// A norm over the batch.
    BatchNorm {
        /// Units, or channels of an image.
        units: usize,
        /// Places of an image; 1 after a dense layer.
        positions: usize,
    },
    /// A norm over each sample.
    LayerNorm {
        /// Numbers of one sample.
        features: usize,
    },
    /// A function of each number.
    Activation {
        /// The function.
        function: Activation,
        /// Numbers of one sample.
        features: usize,
    },
    /// Each 2 × 2 becomes one; an odd last row or column is left out.
    Pooling {
        /// The highest or the mean.
        pooling: Pooling,
        /// Rows that come in.
        height: usize,
        /// Columns that come in.
        width: usize,
        /// Channels.
        channels: usize,
    },
}

/// Where values are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DropoutSite {
    /// On the input.
    Input,
    /// At the end of the block of this index.
    Block(usize),
    /// After the hidden layer of this index.
    Hidden(usize),
}

impl Stage {
    /// Weights and biases.
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

    /// Floating-point operations of the forward matrix product of one sample.
    ///
    /// A product with an `inputs × outputs` matrix is `2 · inputs · outputs`, at each place of an
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

    /// The most numbers that one sample takes within this stage: a convolution's patches.
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

    /// Numbers of one sample behind this stage.
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
    /// The probability of a value being dropped at a place.
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
    /// A block of a `cnn` is convolution, norm, activation, pooling, dropout; a hidden layer is
    /// dense, norm, activation, dropout; the norm stands behind the activation where asked for.
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

    /// Adds activation and norm behind a linear map of `units` outputs at `positions` places.
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

    /// Weights and biases of the model.
    pub fn parameters(&self) -> u64 {
        let stages = self.stages();
        let counts = stages.iter().map(|stage| stage.parameters());
        counts.fold(0, u64::saturating_add)
    }

    /// Operations of the matrix products for one sample, forward and backward.
    ///
    /// Backward it is once for the weights and, above the first layer, once for the layer's input.
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
