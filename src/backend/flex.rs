//! The operations on burn's CPU backend: plain loops and matrix products over slices.
//!
//! Members are computed one after the other, each exactly as if it were alone.

use super::cross_entropy::CrossEntropy;
use super::noise::{self, NoiseKey};
use super::training_backend::Backend;
use burn::backend::Flex;
use burn::tensor::{DType, Int, Tensor, TensorData, TensorPrimitive};
use burn_flex::FlexTensor;
use cpu_kernels::{Matrix, append_scaled_rows, multiply_into, vectorised};

impl Backend for Flex {
    const FUSES_SGD: bool = true;
    const STORES_BYTES: bool = true;

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

    fn relu_gradient(output: Tensor<Self, 3>, gradient: Tensor<Self, 3>) -> Tensor<Self, 3> {
        let output = Values::row_major(output);
        map_members(gradient, |member, gradient| {
            let output = output.of_member(member);
            vectorised(|| {
                for (gradient, output) in gradient.iter_mut().zip(output) {
                    *gradient = if *output > 0.0 { *gradient } else { 0.0 };
                }
            });
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

/// Read access to the values of a tensor, member by member.
struct Values {
    tensor: FlexTensor,
    /// The offset of the first member, and the distance between two members, which is 0 if members
    /// share the values of one.
    offset: usize,
    stride: usize,
    /// Rows and columns in memory.
    shape: [usize; 2],
    /// Whether the tensor has rows and columns exchanged.
    transposed: bool,
}

impl Values {
    /// Each member in row-major order; copied if it is stored differently.
    fn row_major(tensor: Tensor<Flex, 3>) -> Self {
        let tensor = primitive(tensor);
        let stored = Self::stored(tensor.clone(), false);
        stored.unwrap_or_else(|| Self::copied(&tensor))
    }

    /// Each member in row-major or column-major order; copied if it is stored in neither.
    fn either_order(tensor: Tensor<Flex, 3>) -> Self {
        let tensor = primitive(tensor);
        let in_order = |transposed| Self::stored(tensor.clone(), transposed);
        let stored = in_order(false).or_else(|| in_order(true));
        stored.unwrap_or_else(|| Self::copied(&tensor))
    }

    fn copied(tensor: &FlexTensor) -> Self {
        Self::stored(tensor.to_contiguous(), false).expect("a contiguous tensor is row-major")
    }

    /// The values in place, if each member is stored without gaps, in row-major order or, if `transposed`,
    /// in column-major order.
    ///
    /// Ignores the stride of a dimension of length 1, so that a member alone and the same member of a
    /// cohort are always read in the same order.
    fn stored(tensor: FlexTensor, transposed: bool) -> Option<Self> {
        let (shape, strides) = (tensor.layout().shape(), tensor.layout().strides());
        let (members, [rows, columns]) = (shape[0], [shape[1], shape[2]]);
        let stride = |dimension: usize| usize::try_from(strides[dimension]).ok();
        let (shape, [down, across]) = if transposed {
            ([columns, rows], [stride(2)?, stride(1)?])
        } else {
            ([rows, columns], [stride(1)?, stride(2)?])
        };
        let is_dense = (shape[1] <= 1 || across == 1) && (shape[0] <= 1 || down == shape[1]);
        let member_stride = if members == 1 { 0 } else { stride(0)? };
        is_dense.then(|| Self {
            offset: tensor.layout().start_offset(),
            stride: member_stride,
            shape,
            transposed,
            tensor,
        })
    }

    /// A member's values in memory order.
    fn of_member(&self, member: usize) -> &[f32] {
        let first = self.offset + member * self.stride;
        &self.tensor.storage()[first..first + self.shape[0] * self.shape[1]]
    }

    fn matrix(&self, member: usize) -> Matrix<'_> {
        let stored = Matrix::new(self.of_member(member), self.shape);
        if self.transposed {
            stored.transposed()
        } else {
            stored
        }
    }
}

/// Changes each member's values, in place if no other tensor shares them.
fn map_members(
    tensor: Tensor<Flex, 3>,
    mut change: impl FnMut(usize, &mut [f32]),
) -> Tensor<Flex, 3> {
    let [_, rows, columns] = tensor.dims();
    let mut contiguous = primitive(tensor).to_contiguous();
    let members = contiguous.storage_mut().chunks_exact_mut(rows * columns);
    members
        .enumerate()
        .for_each(|(member, values)| change(member, values));
    Tensor::from_primitive(TensorPrimitive::Float(contiguous))
}

fn primitive<const D: usize>(tensor: Tensor<Flex, D>) -> FlexTensor {
    tensor.into_primitive().tensor()
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

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Tensor<Flex, D> {
    let data = FlexTensor::from_data(TensorData::new(values, shape));
    Tensor::from_primitive(TensorPrimitive::Float(data))
}
