//! Batch norm on burn's CPU backend.

use super::values::{Values, map_members, tensor};
use crate::backend::batch_norm::NormedBatch;
use burn::backend::Flex;
use burn::tensor::Tensor;

/// The forward pass in few passes over the rows.
pub(super) fn forward(
    rows: Tensor<Flex, 3>,
    weight: &Tensor<Flex, 3>,
    bias: &Tensor<Flex, 3>,
    epsilon: f64,
) -> NormedBatch<Flex> {
    let [members, count, units] = rows.dims();
    let cached_rows = rows.clone();
    let [rows, weight, bias] = [rows, weight.clone(), bias.clone()].map(Values::row_major);
    let mut output = Vec::with_capacity(members * count * units);
    let [mut mean, mut variance, mut scale] = [const { Vec::new() }; 3];
    for member in 0..members {
        let [rows, weight, bias] = [&rows, &weight, &bias].map(|v| v.of_member(member));
        let columns =
            cpu_kernels::normalise_columns(rows, weight, bias, epsilon as f32, &mut output);
        mean.extend(columns.mean);
        variance.extend(columns.variance);
        scale.extend(columns.scale);
    }
    let of_units = |values| tensor(values, [members, 1, units]);
    NormedBatch {
        output: tensor(output, [members, count, units]),
        variance: of_units(variance),
        cache: vec![cached_rows, of_units(mean.clone()), of_units(scale)],
        mean: of_units(mean),
    }
}

/// The backward pass in two passes over the rows.
pub(super) fn backward(
    gradient: Tensor<Flex, 3>,
    cache: Vec<Tensor<Flex, 3>>,
    weight: &Tensor<Flex, 3>,
) -> (Tensor<Flex, 3>, [Tensor<Flex, 3>; 2]) {
    let [members, _, units] = weight.dims();
    let cache: [_; 3] = cache.try_into().expect("cached by the forward pass");
    let [rows, mean, scale] = cache.map(Values::row_major);
    let weight = Values::row_major(weight.clone());
    let (mut weight_gradient, mut bias_gradient) = (Vec::new(), Vec::new());
    let gradient = map_members(gradient, |member, gradient| {
        let [rows, mean, scale, weight] =
            [&rows, &mean, &scale, &weight].map(|v| v.of_member(member));
        let [of_weight, of_bias] =
            cpu_kernels::normalise_columns_gradient(gradient, rows, mean, scale, weight);
        weight_gradient.extend(of_weight);
        bias_gradient.extend(of_bias);
    });
    let of_units = |values| tensor(values, [members, 1, units]);
    (gradient, [weight_gradient, bias_gradient].map(of_units))
}
