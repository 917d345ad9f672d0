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

/// What a sweep file says about a norm, from which the stage is made.
pub(crate) trait NormChoice {
    /// The stage.
    type Stage: Definition;

    /// Whether it needs more than one sample in a batch.
    const NEEDS_SEVERAL_SAMPLES: bool = false;

    /// The norm after a layer with `units` outputs for each of `positions` pixels; 1 position after a dense layer.
    fn stage(&self, units: usize, positions: usize) -> Self::Stage;

    /// Checks that it can follow a layer with this number of outputs: channels of an image (`of_image`), or units of a
    /// dense layer.
    ///
    /// # Errors
    /// What is wrong, and what would be right.
    fn check(&self, _units: usize, _of_image: bool) -> Result<(), [String; 2]> {
        Ok(())
    }
}

/// What a sweep file says about an activation with settings, from which the stage is made.
pub(crate) trait ActivationChoice {
    /// The stage.
    type Stage: Definition;

    /// The activation of samples of this number of values.
    fn stage(&self, features: usize) -> Self::Stage;

    /// The gain that preserves the variance through it at the start of training
    /// (`torch.nn.init.calculate_gain`).
    fn gain(&self) -> f64;
}
