//! The `model` section: shape, functions and initialisation of a network.

use super::init::{BiasInit, Init};
use crate::stages::{Activation, ActivationFunction, NoNorm, Norm, PoolFunction};
use crate::values::config_value::{ConfigValue, string_enum};
use crate::values::number::{Count, Fraction};
use crate::values::or_none::OrNone;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};

string_enum! {
    /// The kind of network.
    pub enum ModelKind {
        /// Fully connected layers.
        Mlp = "mlp",
        /// Blocks of convolution and pooling, then fully connected layers.
        Cnn = "cnn",
    }
}

string_enum! {
    /// The position of a norm.
    pub enum NormPosition {
        /// Between the linear map and the activation.
        BeforeActivation = "before_activation",
        /// After the activation.
        AfterActivation = "after_activation",
    }
}

string_enum! {
    /// How each block of a `cnn` halves the image.
    pub enum Pooling {
        /// The maximum of each 2 × 2 (`torch.nn.MaxPool2d(2)`).
        Max = "max",
        /// The mean of each 2 × 2 (`torch.nn.AvgPool2d(2)`).
        Average = "average",
        /// Its convolution has stride 2 (Springenberg et al. 2015; `torch.nn.Conv2d(…, stride=2)`).
        StridedConvolution = "strided_convolution",
        /// It does not.
        None = "none",
    }
}

string_enum! {
    /// The pooling of the whole image after the last block of a `cnn`.
    pub enum ImagePooling {
        /// The mean of each channel (Lin et al. 2014; `torch.nn.AdaptiveAvgPool2d(1)`).
        Average = "average",
    }
}

string_enum! {
    /// The shortcut around each block of a `cnn`.
    pub enum Shortcut {
        /// The input of the block is added before its activation; missing channels are 0 (He et al. 2016, option A).
        Identity = "identity",
    }
}

impl Pooling {
    /// The function of the pooling stage; `None` if there is none.
    pub(crate) fn function(self) -> Option<PoolFunction> {
        match self {
            Self::Max => Some(PoolFunction::Max),
            Self::Average => Some(PoolFunction::Average),
            Self::StridedConvolution | Self::None => None,
        }
    }
}

/// The widths of the hidden layers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    /// The width of all hidden layers.
    Same(Count),
    /// The width of each hidden layer.
    Each(Vec<Count>),
}

/// The maximum number of hidden layers.
pub(crate) const MAX_LAYERS: usize = 100;

impl ConfigValue for Width {
    fn expected() -> String {
        "a width, or a list with one width per hidden layer".to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match &node.value {
            YamlValue::Integer(_) => Count::read(node).map(Self::Same),
            YamlValue::List(items) if (1..=MAX_LAYERS).contains(&items.len()) => items
                .iter()
                .map(Count::read)
                .collect::<Result<_, _>>()
                .map(Self::Each),
            _ => Err(node.unexpected(&Self::expected())),
        }
    }
    fn to_value(&self) -> Value {
        match self {
            Self::Same(width) => width.to_value(),
            Self::Each(widths) => widths.iter().map(ConfigValue::to_value).collect(),
        }
    }
    fn schema() -> Value {
        json!({ "anyOf": [Count::schema(), {
            "type": "array", "items": Count::schema(), "minItems": 1, "maxItems": MAX_LAYERS,
        }] })
    }
}

/// The `model` section.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Model {
    /// The kind of network.
    pub kind: ModelKind,
    /// The number of hidden layers; `None` means 1, or the length of the list `width`.
    pub layers: Option<Count>,
    /// Units of each hidden layer.
    pub width: Width,
    /// The activation after each hidden layer and each convolution.
    pub activation: Activation,
    /// The dropout probability of a unit, after each hidden activation.
    pub dropout: Fraction,
    /// The dropout probability of an input.
    pub input_dropout: Fraction,
    /// The normalisation at each hidden layer and each convolution.
    pub norm: Norm,
    /// Whether the norm is before or after the activation.
    pub norm_position: NormPosition,
    /// Initial weights.
    pub init: Init,
    /// Initial biases.
    pub bias_init: BiasInit,
    /// Whether all trials of equal shape start from the same random numbers.
    pub same_init: bool,
    /// Output channels of each block of a `cnn`; `None` means 16 and 32.
    pub channels: Option<Vec<Count>>,
    /// Height and width of a convolution's kernel; odd, so that images keep their size.
    pub kernel_size: Count,
    /// The pooling at each block of a `cnn`.
    pub pooling: Pooling,
    /// The shortcut around each block of a `cnn`.
    pub shortcut: OrNone<Shortcut>,
    /// The pooling of the whole image after the last block of a `cnn`.
    pub global_pooling: OrNone<ImagePooling>,
    /// The dropout probability of a value, at the end of each block of a `cnn`.
    pub block_dropout: Fraction,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            kind: ModelKind::Mlp,
            layers: None,
            width: Width::Same(Count::constant(128)),
            activation: Activation::Function(ActivationFunction::Relu),
            dropout: Fraction::constant(0.0),
            input_dropout: Fraction::constant(0.0),
            norm: Norm::None(NoNorm::None),
            norm_position: NormPosition::BeforeActivation,
            init: Init::Default {},
            bias_init: BiasInit::Default {},
            same_init: true,
            channels: None,
            kernel_size: Count::constant(3),
            pooling: Pooling::Max,
            shortcut: OrNone(None),
            global_pooling: OrNone(None),
            block_dropout: Fraction::constant(0.0),
        }
    }
}

impl Model {
    /// The width of each hidden layer, from input to output.
    pub fn hidden_widths(&self) -> Vec<usize> {
        match &self.width {
            Width::Same(width) => vec![width.get(); self.layers.map_or(1, Count::get)],
            Width::Each(widths) => widths.iter().map(|width| width.get()).collect(),
        }
    }

    /// The output channels of each block of a `cnn`, from input to output; empty for an `mlp`.
    pub fn block_channels(&self) -> Vec<usize> {
        match (self.kind, &self.channels) {
            (ModelKind::Mlp, _) => Vec::new(),
            (ModelKind::Cnn, None) => vec![16, 32],
            (ModelKind::Cnn, Some(channels)) => channels.iter().map(|c| c.get()).collect(),
        }
    }
}
