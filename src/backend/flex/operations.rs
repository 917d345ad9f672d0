//! The implementation of the backend's operations.

use super::activations::FlexActivations;
use super::batch_norm;
use super::images::FlexImages;
use super::updates::FlexUpdates;
use super::values::{Values, map_members, primitive, tensor};
use crate::backend::activation_kernels::ActivationKernels;
use crate::backend::batch_norm::NormedBatch;
use crate::backend::cross_entropy::CrossEntropy;
use crate::backend::image_kernels::ImageKernels;
use crate::backend::noise::{self, NoiseKey};
use crate::backend::one_pass::OnePassUpdates;
use crate::backend::training_backend::Backend;
use burn::backend::Flex;
use burn::tensor::{DType, Int, Tensor};
use cpu_kernels::{append_scaled_rows, multiply_into, vectorised};

impl Backend for Flex {
    const FUSES_SGD: bool = true;
    const STORES_BYTES: bool = true;

    fn activation_kernels() -> Option<&'static dyn ActivationKernels<Self>> {
        Some(&FlexActivations)
    }

    fn image_kernels() -> Option<&'static dyn ImageKernels<Self>> {
        Some(&FlexImages)
    }

    fn one_pass_updates() -> Option<&'static dyn OnePassUpdates<Self>> {
        Some(&FlexUpdates)
    }

    fn select_scaled(
        bytes: &Tensor<Self, 2, Int>,
        positions: &Tensor<Self, 1, Int>,
        scale: &Tensor<Self, 2>,
        shift: &Tensor<Self, 2>,
    ) -> Tensor<Self, 2> {
        let table = bytes.clone().into_primitive().to_contiguous();
        let rows = indices(positions.clone());
        let [scale, shift] = [scale, shift].map(|row| primitive(row.clone()).to_contiguous());
        let columns = scale.storage::<f32>();
        let mut output = Vec::with_capacity(rows.len() * columns.len());
        append_scaled_rows(
            &mut output,
            table.storage(),
            &rows,
            columns,
            shift.storage(),
        );
        tensor(output, [rows.len(), columns.len()])
    }

    fn product(left: Tensor<Self, 3>, right: Tensor<Self, 3>) -> Tensor<Self, 3> {
        let members = left.dims()[0].max(right.dims()[0]);
        let (rows, columns) = (left.dims()[1], right.dims()[2]);
        let [left, right] = [left, right].map(Values::either_order);
        let mut product = vec![0.0; members * rows * columns];
        for (member, product) in product
            .chunks_exact_mut((rows * columns).max(1))
            .enumerate()
        {
            let [left, right] = [left.matrix(member), right.matrix(member)];
            multiply_into(product, 0.0, left, right, 1.0);
        }
        tensor(product, [members, rows, columns])
    }

    fn dense(
        input: Tensor<Self, 3>,
        weight: &Tensor<Self, 3>,
        bias: &Tensor<Self, 3>,
    ) -> Tensor<Self, 3> {
        let [members, _, outputs] = weight.dims();
        let rows = input.dims()[1];
        let [input, weight, bias] = [input, weight.clone(), bias.clone()].map(Values::row_major);
        let mut product = Vec::with_capacity(members * rows * outputs);
        for member in 0..members {
            // The product is added to the bias.
            let first = product.len();
            append_copies(&mut product, bias.of_member(member), rows);
            multiply_into(
                &mut product[first..],
                1.0,
                input.matrix(member),
                weight.matrix(member),
                1.0,
            );
        }
        tensor(product, [members, rows, outputs])
    }

    fn weighted_sum(
        left: Tensor<Self, 3>,
        left_weight: f64,
        right: Tensor<Self, 3>,
        right_weight: f64,
    ) -> Tensor<Self, 3> {
        let right = Values::row_major(right);
        let [left_weight, right_weight] = [left_weight as f32, right_weight as f32];
        map_members(left, |member, left| {
            for (left, right) in left.iter_mut().zip(right.of_member(member)) {
                *left = left_weight * *left + right_weight * right;
            }
        })
    }

    /// In double precision: sums of gradients cancel.
    fn sum_rows(tensor: Tensor<Self, 3>) -> Tensor<Self, 3> {
        let [members, _, columns] = tensor.dims();
        let values = Values::row_major(tensor);
        let mut sums = Vec::with_capacity(members * columns);
        for member in 0..members {
            let member_sums = column_sums(values.of_member(member), columns);
            sums.extend(member_sums.into_iter().map(|sum| sum as f32));
        }
        self::tensor(sums, [members, 1, columns])
    }

    fn batch_norm(
        rows: Tensor<Self, 3>,
        weight: &Tensor<Self, 3>,
        bias: &Tensor<Self, 3>,
        epsilon: f64,
    ) -> NormedBatch<Self> {
        batch_norm::forward(rows, weight, bias, epsilon)
    }

    fn batch_norm_gradient(
        gradient: Tensor<Self, 3>,
        cache: Vec<Tensor<Self, 3>>,
        weight: &Tensor<Self, 3>,
    ) -> (Tensor<Self, 3>, [Tensor<Self, 3>; 2]) {
        batch_norm::backward(gradient, cache, weight)
    }

    fn cross_entropy(
        logits: Tensor<Self, 3>,
        targets: Tensor<Self, 3>,
        smoothed_targets: Tensor<Self, 3>,
    ) -> CrossEntropy<Self> {
        let [members, batch, classes] = logits.dims();
        let [logits, targets, smoothed] =
            [logits, targets, smoothed_targets].map(Values::row_major);
        let mut gradient = Vec::with_capacity(members * batch * classes);
        let mut sums = Vec::with_capacity(members * 2);
        let inverse_batch = 1.0 / batch as f64;
        for member in 0..members {
            let [logits, targets, smoothed] =
                [&logits, &targets, &smoothed].map(|values| values.of_member(member));
            let rows = || {
                logits
                    .chunks_exact(classes)
                    .zip(targets.chunks_exact(classes))
            };
            let start = gradient.len();
            let highest: Vec<usize> = rows().map(|(logits, _)| argmax(logits)).collect();
            for ((logits, _), &highest) in rows().zip(&highest) {
                let shift = logits[highest];
                gradient.extend(logits.iter().map(|logit| logit - shift));
            }
            let exponentials = &mut gradient[start..];
            cpu_kernels::exponentials(exponentials);
            let (mut loss, mut correct) = (0.0_f64, 0.0_f32);
            let gradients = exponentials.chunks_exact_mut(classes);
            let samples = rows()
                .zip(smoothed.chunks_exact(classes))
                .zip(highest)
                .zip(gradients);
            for ((((logits, targets), smoothed), highest), exponentials) in samples {
                let sum: f64 = exponentials.iter().map(|&value| f64::from(value)).sum();
                let log_sum = (sum as f32).ln() + logits[highest];
                let losses = logits.iter().zip(targets);
                let sample_loss: f32 = losses.map(|(x, target)| target * (log_sum - x)).sum();
                loss += f64::from(sample_loss);
                correct += targets[highest];
                let inverse_sum = 1.0 / sum;
                for (value, &target) in exponentials.iter_mut().zip(smoothed) {
                    let error = f64::from(*value) * inverse_sum - f64::from(target);
                    *value = (error * inverse_batch) as f32;
                }
            }
            sums.extend([loss as f32, correct]);
        }
        CrossEntropy {
            gradient: tensor(gradient, [members, batch, classes]),
            sums: tensor(sums, [members, 1, 2]),
        }
    }

    fn dropout_factors(
        keys: &[NoiseKey],
        rates: &[f32],
        [rows, columns]: [usize; 2],
        _device: &Self::Device,
    ) -> Tensor<Self, 3> {
        let mut factors = vec![0.0_f32; keys.len() * rows * columns];
        let members = factors.chunks_exact_mut((rows * columns).max(1));
        for ((factors, &key), &rate) in members.zip(keys).zip(rates) {
            let (threshold, factor_of_kept) = (noise::threshold(rate), 1.0 / (1.0 - rate));
            for (row, factors) in (0..).zip(factors.chunks_exact_mut(columns)) {
                let row_state = noise::row_state(key, row);
                vectorised(|| {
                    for (column, factor) in (0..).zip(factors) {
                        let dropped = noise::bits_at(row_state, column) < threshold;
                        *factor = if dropped { 0.0 } else { factor_of_kept };
                    }
                });
            }
        }
        tensor(factors, [keys.len(), rows, columns])
    }

    fn sgd_step(
        [weight, bias]: [Tensor<Self, 3>; 2],
        input: Tensor<Self, 3>,
        gradient: Tensor<Self, 3>,
        weight_factors: &[f32],
        learning_rates: &[f32],
    ) -> [Tensor<Self, 3>; 2] {
        let outputs = weight.dims()[2];
        let [input, gradient] = [input, gradient].map(Values::row_major);
        let weight = map_members(weight, |member, weight| {
            multiply_into(
                weight,
                weight_factors[member],
                input.matrix(member).transposed(),
                gradient.matrix(member),
                -learning_rates[member],
            );
        });
        let bias = map_members(bias, |member, bias| {
            let sums = column_sums(gradient.of_member(member), outputs);
            for (bias, sum) in bias.iter_mut().zip(sums) {
                *bias = weight_factors[member] * *bias - learning_rates[member] * sum as f32;
            }
        });
        [weight, bias]
    }
}

/// The sums over rows of `columns` values.
fn column_sums(values: &[f32], columns: usize) -> Vec<f64> {
    let mut sums = vec![0.0; columns];
    vectorised(|| {
        for row in values.chunks_exact(columns) {
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum += f64::from(value);
            }
        }
    });
    sums
}

/// Appends copies of a row, in few large pieces.
fn append_copies(values: &mut Vec<f32>, row: &[f32], copies: usize) {
    let first = values.len();
    let end = first + copies * row.len();
    if copies > 0 {
        values.extend_from_slice(row);
    }
    while values.len() < end {
        let piece = (values.len() - first).min(end - values.len());
        values.extend_from_within(first..first + piece);
    }
}

/// The position of the first maximum.
fn argmax(values: &[f32]) -> usize {
    let (mut best, mut highest) = (0, values[0]);
    // Selects instead of branches: a branch could not be predicted.
    for (position, &value) in values.iter().enumerate() {
        let is_higher = value > highest;
        best = if is_higher { position } else { best };
        highest = if is_higher { value } else { highest };
    }
    best
}

fn indices(positions: Tensor<Flex, 1, Int>) -> Vec<usize> {
    let positions = positions.into_primitive().to_contiguous();
    let index = |position: i64| usize::try_from(position).expect("positions are not negative");
    match positions.dtype() {
        DType::I32 => {
            let positions = positions.storage::<i32>().iter();
            positions.map(|&p| index(p.into())).collect()
        }
        _ => positions.storage().iter().copied().map(index).collect(),
    }
}
