//! Layer norm of every member of a cohort (Ba et al. 2016), as `torch.nn.LayerNorm` over all
//! values of a sample.

use super::batch_norm::EPSILON;
use crate::backend::Backend;
use burn::tensor::Tensor;

/// The tensors that the backward pass needs: the normalised values and 1/√(variance + ε).
type NormCache<B> = [Tensor<B, 3>; 2];

/// Normalises each sample. Also returns the tensors that the backward pass needs. `input` is
/// `[members, batch, features]`, `weight` and `bias` are `[members, 1, features]`.
pub(super) fn forward<B: Backend>(
    input: Tensor<B, 3>,
    weight: &Tensor<B, 3>,
    bias: &Tensor<B, 3>,
) -> (Tensor<B, 3>, NormCache<B>) {
    let centred = input.clone() - input.mean_dim(2);
    let variance = (centred.clone() * centred.clone()).mean_dim(2);
    let scale = variance.add_scalar(EPSILON).sqrt().recip();
    let normalised = centred * scale.clone();
    let output = normalised.clone() * weight.clone() + bias.clone();
    (output, [normalised, scale])
}

/// The gradients of the input, the weight and the bias.
pub(super) fn backward<B: Backend>(
    [normalised, scale]: NormCache<B>,
    weight: &Tensor<B, 3>,
    output_gradient: Tensor<B, 3>,
) -> (Tensor<B, 3>, [Tensor<B, 3>; 2]) {
    let bias_gradient = output_gradient.clone().sum_dim(1);
    let weight_gradient = (output_gradient.clone() * normalised.clone()).sum_dim(1);
    let gradient = output_gradient * weight.clone();
    // The mean and variance of the sample depend on each of its values.
    let through_mean = gradient.clone().mean_dim(2);
    let through_variance = normalised.clone() * (gradient.clone() * normalised).mean_dim(2);
    let input_gradient = (gradient - through_mean - through_variance) * scale;
    (input_gradient, [weight_gradient, bias_gradient])
}
