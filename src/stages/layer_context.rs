//! What the PyTorch module of a stage depends on, apart from the stage.

use super::sample_shape::SampleShape;

/// The place of a stage in a network.
#[derive(Clone, Debug)]
pub(crate) struct LayerContext {
    /// The prefix of its tensors' names.
    pub(crate) name: String,
    /// The samples that enter it.
    pub(crate) input: SampleShape,
    /// The probability that a unit is dropped, for dropout.
    pub(crate) dropout_rate: f64,
}

/// Names stages by the number of layers so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LayerNames(usize);

impl LayerNames {
    /// The name of the next stage with this prefix.
    pub(crate) fn next(&mut self, prefix: &str, is_layer: bool) -> String {
        self.0 += usize::from(is_layer);
        format!("{prefix}{}", self.0)
    }
}
