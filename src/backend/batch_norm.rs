//! The operations of batch norm (Ioffe and Szegedy 2015) in training.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// The result of a forward pass.
pub struct NormedBatch<B: Backend> {
    /// `normalised · weight + bias`, `[members, rows, units]`.
    pub output: Tensor<B, 3>,
    /// The mean of each unit: `[members, 1, units]`.
    pub mean: Tensor<B, 3>,
    /// The variance of each unit, divided by the number of rows: `[members, 1, units]`.
    pub variance: Tensor<B, 3>,
    /// What the backward pass of the backend needs.
    pub cache: Vec<Tensor<B, 3>>,
}

/// The forward pass in tensor operations. `sum_rows` sums over the rows of each member.
pub(super) fn forward<B: Backend>(
    rows: Tensor<B, 3>,
    weight: &Tensor<B, 3>,
    bias: &Tensor<B, 3>,
    epsilon: f64,
    sum_rows: impl Fn(Tensor<B, 3>) -> Tensor<B, 3>,
) -> NormedBatch<B> {
    let count = rows.dims()[1] as f64;
    let mean = sum_rows(rows.clone()).mul_scalar(1.0 / count);
    let centred = rows - mean.clone();
    let variance = sum_rows(centred.clone() * centred.clone()).mul_scalar(1.0 / count);
    let scale = variance.clone().add_scalar(epsilon).sqrt().recip();
    let normalised = centred * scale.clone();
    NormedBatch {
        output: normalised.clone() * weight.clone() + bias.clone(),
        mean,
        variance,
        cache: vec![normalised, scale],
    }
}

/// The backward pass in tensor operations: the gradients of the input, the weight and the bias.
pub(super) fn backward<B: Backend>(
    gradient: Tensor<B, 3>,
    cache: Vec<Tensor<B, 3>>,
    weight: &Tensor<B, 3>,
    sum_rows: impl Fn(Tensor<B, 3>) -> Tensor<B, 3>,
) -> (Tensor<B, 3>, [Tensor<B, 3>; 2]) {
    let [normalised, scale] = cache.try_into().expect("cached by the forward pass");
    let count = gradient.dims()[1] as f64;
    let bias_gradient = sum_rows(gradient.clone());
    let weight_gradient = sum_rows(gradient.clone() * normalised.clone());
    // The mean and variance of the batch depend on each of its samples.
    let through_mean = bias_gradient.clone().mul_scalar(1.0 / count);
    let through_variance = normalised * weight_gradient.clone().mul_scalar(1.0 / count);
    let input_gradient = (gradient - through_mean - through_variance) * (scale * weight.clone());
    (input_gradient, [weight_gradient, bias_gradient])
}
