//! Stages that a sweep file chooses: norms by `model.norm`, activations by `model.activation`.

use super::definition::Definition;
use crate::values::config_value::string_enum;

string_enum! {
    /// No normalisation.
    pub enum NoNorm {
        /// No normalisation.
        None = "none",
    }
}

/// The settings of a norm in a sweep file, from which its stage is created.
pub(crate) trait NormChoice {
    /// The stage.
    type Stage: Definition;

    /// Whether it needs more than one sample in a batch.
    const NEEDS_SEVERAL_SAMPLES: bool = false;

    /// The norm after a layer with `units` outputs for each of `positions` pixels; 1 position after a dense layer.
    fn stage(&self, units: usize, positions: usize) -> Self::Stage;

    /// Checks that it can normalise the outputs of all these layers.
    ///
    /// # Errors
    /// Why it cannot.
    fn check(&self, _layers: &[LayerOutputs]) -> Result<(), NormConflict> {
        Ok(())
    }
}

/// The outputs of a layer that a norm follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LayerOutputs {
    /// The position among the blocks or the hidden layers, counted from 1.
    pub(crate) number: usize,
    /// Channels of an image, or units of a dense layer.
    pub(crate) units: usize,
    /// Pixels of an image; 1 after a dense layer.
    pub(crate) positions: usize,
    /// Whether the layer is a convolution.
    pub(crate) of_image: bool,
}

impl LayerOutputs {
    /// The layer in messages: `block 1`, `hidden layer 2`.
    pub(crate) fn layer(&self) -> String {
        let kind = if self.of_image {
            "block"
        } else {
            "hidden layer"
        };
        format!("{kind} {}", self.number)
    }

    /// What the units are called: `channels` or `units`; `unit` for a single one.
    pub(crate) fn kind(&self) -> &'static str {
        match (self.of_image, self.units) {
            (true, 1) => "channel",
            (true, _) => "channels",
            (false, 1) => "unit",
            (false, _) => "units",
        }
    }

    /// The key that sets the number of units.
    pub(crate) fn key(&self) -> &'static str {
        if self.of_image {
            "model.channels"
        } else {
            "model.width"
        }
    }
}

/// Why a norm cannot follow a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NormConflict {
    /// The key that sets the outputs of the layer.
    pub(crate) key: &'static str,
    /// What is wrong.
    pub(crate) message: String,
    /// How to fix it.
    pub(crate) help: String,
}

/// The settings of an activation in a sweep file, from which its stage is created.
pub(crate) trait ActivationChoice {
    /// The stage.
    type Stage: Definition;

    /// The activation of samples of this number of values.
    fn stage(&self, features: usize) -> Self::Stage;

    /// The gain that preserves the variance through it at the start of training
    /// (`torch.nn.init.calculate_gain`).
    fn gain(&self) -> f64;
}
