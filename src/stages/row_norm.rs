//! Normalisation of rows, which layer norm and group norm share.

use super::NORM_EPSILON;
use crate::backend::Backend;
use burn::tensor::Tensor;

/// The rows with mean 0 and variance 1, `[members, rows, values]`, and 1/√(variance + ε) of each row,
/// `[members, rows, 1]`.
pub(super) fn normalise_rows<B: Backend>(rows: Tensor<B, 3>) -> [Tensor<B, 3>; 2] {
    let centred = rows.clone() - rows.mean_dim(2);
    let variance = (centred.clone() * centred.clone()).mean_dim(2);
    let scale = variance.add_scalar(NORM_EPSILON).sqrt().recip();
    [centred * scale.clone(), scale]
}

/// The gradient of the rows, given that of the normalised rows and what [`normalise_rows`] returned.
pub(super) fn row_gradient<B: Backend>(
    gradient: Tensor<B, 3>,
    normalised: Tensor<B, 3>,
    scale: Tensor<B, 3>,
) -> Tensor<B, 3> {
    // The mean and variance of a row depend on each of its values.
    let through_mean = gradient.clone().mean_dim(2);
    let through_variance = normalised.clone() * (gradient.clone() * normalised).mean_dim(2);
    (gradient - through_mean - through_variance) * scale
}
