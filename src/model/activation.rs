//! Functions after hidden layers, and their derivatives.

use crate::spec::Activation;
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorPrimitive, activation};

/// Applies the function to each number.
pub(super) fn forward<B: Backend, const D: usize>(
    function: Activation,
    input: Tensor<B, D>,
) -> Tensor<B, D> {
    match function {
        Activation::Relu => activation::relu(input),
        Activation::Tanh => input.tanh(),
        Activation::Sigmoid => activation::sigmoid(input),
    }
}

/// The gradient of the function's input, given its output and the gradient of its output.
///
/// Each derivative is written in terms of the output, so that the input need not be kept.
pub(super) fn backward<B: Backend, const D: usize>(
    function: Activation,
    output: Tensor<B, D>,
    gradient: Tensor<B, D>,
) -> Tensor<B, D> {
    match function {
        // As PyTorch: the derivative at 0 is 0.
        Activation::Relu => primitive(B::relu_backward(
            output.into_primitive().tensor(),
            gradient.into_primitive().tensor(),
        )),
        Activation::Tanh => (output.clone() * output).neg().add_scalar(1.0) * gradient,
        Activation::Sigmoid => primitive(B::sigmoid_backward(
            output.into_primitive().tensor(),
            gradient.into_primitive().tensor(),
        )),
    }
}

fn primitive<B: Backend, const D: usize>(tensor: B::FloatTensorPrimitive) -> Tensor<B, D> {
    Tensor::from_primitive(TensorPrimitive::Float(tensor))
}
