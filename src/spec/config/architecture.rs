//! The sequence of stages of a model, from which it is built, counted and drawn.

use super::trial_config::Config;
use crate::spec::model::network::{ImagePooling, Model, NormPosition, Pooling, Shortcut};
use crate::stages::{
    Convolution, Dense, Dropout, DropoutSite, GlobalPooling, LayerOutputs, Pool, Residual,
    SampleShape, Stage, StridedConvolution,
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
    /// A block of a `cnn` is convolution, norm, the addition of a shortcut, activation, pooling, dropout. A hidden
    /// layer is dense, norm, activation, dropout. `model.norm_position` can move the norm after the activation.
    pub fn stages(&self) -> Vec<Stage> {
        self.stage_list().stages
    }

    /// The outputs that `model.norm` normalises, in the order of the network.
    pub(crate) fn normalised_outputs(&self) -> Vec<LayerOutputs> {
        self.stage_list().normalised
    }

    fn stage_list(&self) -> StageList {
        let model = &self.model;
        let mut network = StageList::new(SampleShape::input(self.features(), self.image()));
        network.push_dropout(DropoutSite::Input);
        for (block, channels) in model.block_channels().into_iter().enumerate() {
            self.push_block(&mut network, block, channels);
            network.push_dropout(DropoutSite::Block(block));
        }
        if let (Some(ImagePooling::Average), SampleShape::Image([height, width, channels])) =
            (model.global_pooling.0, network.samples)
        {
            network.push(GlobalPooling {
                positions: height * width,
                channels,
            });
        }
        for (layer, width) in model.hidden_widths().into_iter().enumerate() {
            network.push_dense(width);
            self.push_activation_stages(&mut network, layer + 1, None);
            network.push_dropout(DropoutSite::Hidden(layer));
        }
        network.push_dense(self.classes());
        network
    }

    /// Appends a block of a `cnn` with this number of channels, without its dropout. A network of rows has none.
    fn push_block(&self, network: &mut StageList, block: usize, channels: usize) {
        let SampleShape::Image([height, width, inputs]) = network.samples else {
            return;
        };
        let shortcut = self
            .model
            .shortcut
            .0
            .map(|Shortcut::Identity| network.samples);
        if shortcut.is_some() {
            network.push(Residual::Start([height, width, inputs]));
        }
        let (outputs, kernel) = (channels, self.model.kernel_size.get());
        match self.model.pooling {
            Pooling::StridedConvolution => network.push(StridedConvolution {
                height,
                width,
                inputs,
                outputs,
                kernel,
            }),
            Pooling::Max | Pooling::Average | Pooling::None => network.push(Convolution {
                height,
                width,
                inputs,
                outputs,
                kernel,
            }),
        }
        self.push_activation_stages(network, block + 1, shortcut);
        if let Some(pooling) = self.model.pooling.function() {
            network.push(Pool {
                pooling,
                height,
                width,
                channels,
            });
        }
    }

    /// Appends the activation and the norm that follow the layer of this number, and before the activation the addition
    /// of a shortcut from images of shape `from`.
    fn push_activation_stages(
        &self,
        network: &mut StageList,
        number: usize,
        from: Option<SampleShape>,
    ) {
        let model = &self.model;
        let features = network.samples.features();
        let units = network.samples.units();
        let positions = features / units.max(1);
        network.normalised.push(LayerOutputs {
            number,
            units,
            positions,
            of_image: matches!(network.samples, SampleShape::Image(_)),
        });
        let norm = model.norm.stage(units, positions);
        let addition = from.zip(Some(network.samples)).and_then(Residual::addition);
        let activation = addition
            .map(Stage::from)
            .into_iter()
            .chain([model.activation.stage(features)]);
        match model.norm_position {
            NormPosition::BeforeActivation => {
                network.extend(norm.into_iter().chain(activation));
            }
            NormPosition::AfterActivation => {
                network.extend(activation.chain(norm));
            }
        }
    }

    /// The number of trainable parameters.
    pub fn parameters(&self) -> u64 {
        let stages = self.stages();
        let counts = stages.iter().map(|stage| stage.parameter_count());
        counts.fold(0, u64::saturating_add)
    }

    /// The rows and columns of the weights of every layer except the output layer.
    pub fn hidden_weights(&self) -> Vec<[usize; 2]> {
        let stages = self.stages();
        let layers = stages.iter().filter(|stage| stage.is_layer());
        let weights = layers.filter_map(|layer| layer.parameter_shapes().next());
        let mut weights: Vec<[usize; 2]> = weights.collect();
        weights.pop();
        weights
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

/// The stages of a network so far, and the samples after them.
struct StageList {
    stages: Vec<Stage>,
    /// The outputs of layers that `model.norm` normalises.
    normalised: Vec<LayerOutputs>,
    samples: SampleShape,
}

impl StageList {
    fn new(samples: SampleShape) -> Self {
        Self {
            stages: Vec::new(),
            normalised: Vec::new(),
            samples,
        }
    }

    fn push(&mut self, stage: impl Into<Stage>) {
        let stage = stage.into();
        self.samples = stage.output(self.samples);
        self.stages.push(stage);
    }

    fn extend(&mut self, stages: impl IntoIterator<Item = Stage>) {
        for stage in stages {
            self.push(stage);
        }
    }

    fn push_dropout(&mut self, site: DropoutSite) {
        let features = self.samples.features();
        self.push(Dropout { site, features });
    }

    fn push_dense(&mut self, outputs: usize) {
        let inputs = self.samples.features();
        self.push(Dense { inputs, outputs });
    }
}
