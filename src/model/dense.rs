//! Fully connected layers of every member of a cohort.
//!
//! Gradients are in closed form: the layer is linear, and a tape would only cost time.

use crate::backend::Backend;
use burn::tensor::Tensor;

/// `input · weight + bias`: `[members, rows, outputs]`.
///
/// `input` is `[members, rows, inputs]`, or `[1, rows, inputs]` where members share it; `weight`
/// is `[members, inputs, outputs]`, `bias` `[members, 1, outputs]`.
pub(super) fn forward<B: Backend>(
    input: Tensor<B, 3>,
    weight: &Tensor<B, 3>,
    bias: &Tensor<B, 3>,
) -> Tensor<B, 3> {
    input.matmul(weight.clone()) + bias.clone()
}

/// The gradients of weight and bias, given what went in and the gradient of what came out
/// (`[members, rows, outputs]`).
pub(super) fn gradients<B: Backend>(
    input: Tensor<B, 3>,
    output_gradient: Tensor<B, 3>,
) -> [Tensor<B, 3>; 2] {
    let bias = output_gradient.clone().sum_dim(1);
    [input.swap_dims(1, 2).matmul(output_gradient), bias]
}

/// The gradient of what went in: `[members, rows, inputs]`.
pub(super) fn input_gradient<B: Backend>(
    output_gradient: Tensor<B, 3>,
    weight: &Tensor<B, 3>,
) -> Tensor<B, 3> {
    output_gradient.matmul(weight.clone().swap_dims(1, 2))
}
