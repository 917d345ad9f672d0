//! The weights that some optimizers treat as matrices.

use crate::backend::Backend;
use crate::model::{Network, parameter_shapes};
use crate::optimizers::ParameterLayout;

/// The weights of all layers but the output layer.
pub(in crate::train) fn parameter_layout<B: Backend>(
    network: &Network<B>,
    members: usize,
) -> ParameterLayout {
    let mut layers = network.layers();
    layers.pop();
    let hidden_weights: Vec<usize> = layers.iter().map(|layer| layer.weight).collect();
    let of_member = |member: usize| {
        let shapes = parameter_shapes(network.member_stages(member));
        hidden_weights
            .iter()
            .map(|&weight| shapes[weight])
            .collect()
    };
    ParameterLayout {
        shapes: (0..members).map(of_member).collect(),
        hidden_weights,
    }
}
