//! What is trained: shapes and functions, without numbers.

use crate::activation::Activation;
use crate::rule::Rule;

/// Stacked multilayer perceptrons of one shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The dense layers, from the input on. The last gives the logits.
    pub layers: Vec<Layer>,
    /// The optimizer of each member.
    pub rules: Vec<Rule>,
    /// The label smoothing of each member, from 0 to 1.
    pub smoothing: Vec<f32>,
}

/// A dense layer with what follows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Numbers that come in.
    pub inputs: usize,
    /// Numbers that go out, of the widest member.
    pub outputs: usize,
    /// How many of them each member has; the rest is 0.
    pub widths: Vec<usize>,
    /// Whether batch norm is applied before the activation.
    pub norm: bool,
    /// The function of each member.
    pub activations: Vec<Activation>,
    /// The share of outputs that each member drops; empty where none drops any.
    pub dropout: Vec<f32>,
}

impl Layer {
    /// The number of parameter tensors of each member: weight and bias, and those of the norm.
    pub fn parameters(&self) -> usize {
        if self.norm { 4 } else { 2 }
    }
}

impl Model {
    /// Models that are trained side by side.
    pub fn members(&self) -> usize {
        self.rules.len()
    }

    /// Layers at which some member drops units: each has its keys in every step.
    pub fn dropout_sites(&self) -> usize {
        let drops = |layer: &&Layer| !layer.dropout.is_empty();
        self.layers.iter().filter(drops).count()
    }

    /// How many lists the optimizers need, the most that any of them does.
    pub fn lists(&self) -> usize {
        self.rules
            .iter()
            .map(|rule| rule.lists())
            .max()
            .unwrap_or(0)
    }

    /// Whether the buffers of parameters, optimizer state and activations can be indexed with 32 bits and take
    /// at most `max_bytes` each, for batches of this size, and whether a launch can have as many cubes as they
    /// need.
    pub fn fits(&self, batch: usize, max_bytes: u64) -> bool {
        let [members, copies] = [self.members(), 1 + self.lists()];
        members <= MAX_CUBES
            && self.layers.iter().all(|layer| {
                layer.inputs.div_ceil(SMALLEST_TILE) <= MAX_CUBES
                    && fits(&[members, layer.inputs, layer.outputs, copies], max_bytes)
                    && fits(&[members, layer.outputs, batch], max_bytes)
                    && (!layer.norm || fits(&[members, layer.outputs, 2 * copies + 1], max_bytes))
            })
    }
}

/// The most cubes of a launch along its second and third dimension, on every device.
const MAX_CUBES: usize = 65_535;
/// Rows of the smallest tile.
const SMALLEST_TILE: usize = 16;

/// Whether a buffer of so many numbers of 32 bits, the product of `factors`, can be indexed with 32 bits and
/// takes at most `max_bytes`.
pub(crate) fn fits(factors: &[usize], max_bytes: u64) -> bool {
    let numbers = factors.iter().try_fold(1_u64, |product, &factor| {
        product.checked_mul(u64::try_from(factor).ok()?)
    });
    numbers.is_some_and(|n| n <= u64::from(u32::MAX) && n.saturating_mul(4) <= max_bytes)
}
