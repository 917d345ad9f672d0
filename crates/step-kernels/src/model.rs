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
    /// The function of each member.
    pub activations: Vec<Activation>,
    /// The share of outputs that each member drops; empty where none drops any.
    pub dropout: Vec<f32>,
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

    /// Whether every buffer can be indexed with 32 bits for batches of this size.
    pub fn fits(&self, batch: usize) -> bool {
        let fits = |numbers: Option<usize>| numbers.is_some_and(|n| u32::try_from(n).is_ok());
        let [members, copies] = [self.members(), 1 + self.lists()];
        self.layers.iter().all(|layer| {
            let weights = members
                .checked_mul(layer.inputs)
                .and_then(|n| n.checked_mul(layer.outputs))
                .and_then(|n| n.checked_mul(copies));
            let values = members
                .checked_mul(layer.outputs.max(layer.inputs))
                .and_then(|n| n.checked_mul(batch));
            fits(weights) && fits(values)
        }) && members <= usize::from(u16::MAX)
    }
}
