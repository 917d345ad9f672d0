//! The sequence of stages of a model, from which it is built, counted and drawn.

use super::trial_config::Config;
use crate::spec::model::network::{Model, Norm, NormPosition};
use crate::stages::{
    ActivationStage, BatchNorm, Convolution, Dense, Dropout, DropoutSite, LayerNorm, Pool, Pooling,
    Stage,
};

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
        stages.push(
            Dropout {
                site: DropoutSite::Input,
                features,
            }
            .into(),
        );
        if let Some([mut height, mut width, mut inputs]) = self.image() {
            for (block, outputs) in model.block_channels().into_iter().enumerate() {
                stages.push(
                    Convolution {
                        height,
                        width,
                        inputs,
                        outputs,
                        kernel: model.kernel_size.get(),
                    }
                    .into(),
                );
                self.push_activation_stages(&mut stages, outputs, height * width);
                if model.pooling != Pooling::None {
                    stages.push(
                        Pool {
                            pooling: model.pooling,
                            height,
                            width,
                            channels: outputs,
                        }
                        .into(),
                    );
                    (height, width) = (height / 2, width / 2);
                }
                inputs = outputs;
                features = height * width * outputs;
                stages.push(
                    Dropout {
                        site: DropoutSite::Block(block),
                        features,
                    }
                    .into(),
                );
            }
        }
        for (layer, width) in model.hidden_widths().into_iter().enumerate() {
            stages.push(
                Dense {
                    inputs: features,
                    outputs: width,
                }
                .into(),
            );
            self.push_activation_stages(&mut stages, width, 1);
            stages.push(
                Dropout {
                    site: DropoutSite::Hidden(layer),
                    features: width,
                }
                .into(),
            );
            features = width;
        }
        stages.push(
            Dense {
                inputs: features,
                outputs: self.classes(),
            }
            .into(),
        );
        stages
    }

    /// Appends the activation and the norm that follow a linear map with `units` outputs for each of
    /// `positions` pixels.
    fn push_activation_stages(&self, stages: &mut Vec<Stage>, units: usize, positions: usize) {
        let model = &self.model;
        let features = units * positions;
        let norm = match model.norm {
            Norm::None => None,
            Norm::Batch => Some(BatchNorm { units, positions }.into()),
            Norm::Layer => Some(LayerNorm { features }.into()),
        };
        let activation = Stage::from(ActivationStage {
            function: model.activation,
            features,
        });
        match model.norm_position {
            NormPosition::BeforeActivation => stages.extend(norm.into_iter().chain([activation])),
            NormPosition::AfterActivation => stages.extend([activation].into_iter().chain(norm)),
        }
    }

    /// The number of values that training changes by gradients.
    pub fn parameters(&self) -> u64 {
        let stages = self.stages();
        let counts = stages.iter().map(|stage| stage.parameter_count());
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
