//! Members of different widths in one stack: narrower members are padded with zeros.
//!
//! A padding unit has the value 0 in every forward pass. Its bias, its incoming and its outgoing weights
//! are 0 and have gradients of exactly 0:
//! - its value is 0 times the input plus 0, through a batch norm whose weight and bias are 0, an
//!   activation that is 0 at 0 or is masked, and dropout, which multiplies;
//! - the gradient of its value is the product of the next layer's gradient with weights of 0;
//! - the gradient of its outgoing weights is the product with its value.
//!
//! No optimizer or penalty changes a weight of 0 whose gradients have all been 0.

use crate::backend::Backend;
use crate::stages::Stage;
use burn::tensor::Tensor;

/// The rows and columns of the state of a model of these stages, in the order of
/// [`Network::member_state`](super::Network::member_state): the parameters, then the running
/// statistics.
pub fn state_shapes(stages: &[Stage]) -> Vec<[usize; 2]> {
    let mut shapes = parameter_shapes(stages);
    shapes.extend(stages.iter().flat_map(|stage| stage.statistic_shapes()));
    shapes
}

/// The rows and columns of the parameters of a model of these stages, in the order of
/// [`Network::parameters`](super::Network::parameters).
pub fn parameter_shapes(stages: &[Stage]) -> Vec<[usize; 2]> {
    let shapes = stages.iter().flat_map(|stage| stage.parameter_shapes());
    shapes.collect()
}

/// Pads `tensor` with rows and columns of zeros to `[members, rows, columns]`.
pub fn padded<B: Backend>(tensor: Tensor<B, 3>, [rows, columns]: [usize; 2]) -> Tensor<B, 3> {
    let [members, unpadded_rows, unpadded_columns] = tensor.dims();
    if [unpadded_rows, unpadded_columns] == [rows, columns] {
        return tensor;
    }
    let zeros = Tensor::zeros([members, rows, columns], &tensor.device());
    zeros.slice_assign([0..members, 0..unpadded_rows, 0..unpadded_columns], tensor)
}

/// Removes the padding: the upper left corner of `tensor`, `[members, rows, columns]`.
pub fn trimmed<B: Backend>(tensor: Tensor<B, 3>, [rows, columns]: [usize; 2]) -> Tensor<B, 3> {
    let [members, padded_rows, padded_columns] = tensor.dims();
    if [padded_rows, padded_columns] == [rows, columns] {
        return tensor;
    }
    tensor.slice([0..members, 0..rows, 0..columns])
}
