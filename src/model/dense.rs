//! A fully connected layer of every member of a cohort.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// Weights and biases of one layer, stacked over the members.
///
/// Gradients are in closed form: the layer is linear, and a tape would only cost time.
#[derive(Clone, Debug)]
pub struct Dense<B: Backend> {
    /// `[members, inputs, outputs]`
    pub weight: Tensor<B, 3>,
    /// `[members, 1, outputs]`
    pub bias: Tensor<B, 3>,
}

/// What the loss changes by, for each weight and bias of a layer.
#[derive(Clone, Debug)]
pub struct DenseGradients<B: Backend> {
    /// `[members, inputs, outputs]`
    pub weight: Tensor<B, 3>,
    /// `[members, 1, outputs]`
    pub bias: Tensor<B, 3>,
}

impl<B: Backend> Dense<B> {
    /// `input · weight + bias`: `[members, batch, outputs]`.
    ///
    /// `input` is `[members, batch, inputs]`, or `[1, batch, inputs]` where members share it.
    pub fn forward(&self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        input.matmul(self.weight.clone()) + self.bias.clone()
    }

    /// The layer's gradients, given what went in and the gradient of what came out
    /// (`[members, batch, outputs]`).
    pub fn gradients(
        &self,
        input: Tensor<B, 3>,
        output_gradient: Tensor<B, 3>,
    ) -> DenseGradients<B> {
        DenseGradients {
            bias: output_gradient.clone().sum_dim(1),
            weight: input.swap_dims(1, 2).matmul(output_gradient),
        }
    }

    /// The gradient of what went in: `[members, batch, inputs]`.
    pub fn input_gradient(&self, output_gradient: Tensor<B, 3>) -> Tensor<B, 3> {
        output_gradient.matmul(self.weight.clone().swap_dims(1, 2))
    }
}
