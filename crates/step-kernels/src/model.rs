//! The shapes and functions of a cohort's models.

use crate::activation::Activation;
use crate::rule::Rule;

/// Stacked multilayer perceptrons of one shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The dense layers, from input to output. The last one computes the logits.
    pub layers: Vec<Layer>,
    /// The optimizer of each member.
    pub rules: Vec<Rule>,
    /// The label smoothing of each member, from 0 to 1.
    pub smoothing: Vec<f32>,
}

/// A dense layer with its norm, activation and dropout.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// The number of inputs.
    pub inputs: usize,
    /// The number of outputs of the widest member.
    pub outputs: usize,
    /// The number of outputs of each member; the others are 0.
    pub widths: Vec<usize>,
    /// Whether batch norm is applied before the activation.
    pub norm: bool,
    /// The function of each member.
    pub activations: Vec<Activation>,
    /// The dropout rate of each member; empty without dropout.
    pub dropout: Vec<f32>,
}

impl Layer {
    /// The number of parameter tensors of each member: weight and bias, and those of the norm.
    pub fn parameters(&self) -> usize {
        if self.norm { 4 } else { 2 }
    }
}

impl Model {
    /// The number of models.
    pub fn members(&self) -> usize {
        self.rules.len()
    }

    /// The number of layers with dropout. Each has its keys in every step.
    pub fn dropout_sites(&self) -> usize {
        let drops = |layer: &&Layer| !layer.dropout.is_empty();
        self.layers.iter().filter(drops).count()
    }

    /// The maximum number of lists that an optimizer of the members needs.
    pub fn lists(&self) -> usize {
        self.rules
            .iter()
            .map(|rule| rule.lists())
            .max()
            .unwrap_or(0)
    }

    /// Whether the buffers of parameters, optimizer state and activations can be indexed with 32 bits and need
    /// at most `max_bytes` each, for batches of this size, and whether a launch can have as many cubes as they
    /// need.
    pub fn fits(&self, batch: usize, max_bytes: u64) -> bool {
        let [members, copies] = [self.members(), 1 + self.lists()];
        members <= MAX_CUBES
            && self.layers.iter().all(|layer| {
                layer.inputs.div_ceil(MIN_TILE_ROWS) <= MAX_CUBES
                    && fits(&[members, layer.inputs, layer.outputs, copies], max_bytes)
                    && fits(&[members, layer.outputs, batch], max_bytes)
                    && (!layer.norm || fits(&[members, layer.outputs, 2 * copies + 1], max_bytes))
            })
    }
}

/// The maximum number of cubes of a launch along its second and third dimension, on every device.
const MAX_CUBES: usize = 65_535;
/// The rows of the smallest tile.
const MIN_TILE_ROWS: usize = 16;

/// Whether a buffer of 32-bit numbers, whose length is the product of `factors`, can be indexed with 32 bits
/// and needs at most `max_bytes`.
pub(crate) fn fits(factors: &[usize], max_bytes: u64) -> bool {
    let numbers = factors.iter().try_fold(1_u64, |product, &factor| {
        product.checked_mul(u64::try_from(factor).ok()?)
    });
    numbers.is_some_and(|n| n <= u64::from(u32::MAX) && n.saturating_mul(4) <= max_bytes)
}
