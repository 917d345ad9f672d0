//! The operations on burn's CPU backend: plain loops and matrix products over slices.
//!
//! Members are done one after the other, each exactly as if it were alone.

use super::noise::{self, NoiseKey};
use super::{Backend, CrossEntropy};
use burn::backend::Flex;
use burn::tensor::{DType, Int, Tensor, TensorData, TensorPrimitive};
use burn_flex::FlexTensor;
use cpu_kernels::{Matrix, append_scaled_rows, multiply_into, vectorised};

impl Backend for Flex {
    const DESCENDS: bool = true;
    const KEEPS_BYTES: bool = true;

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
        let [left, right] = [left, right].map(Values::either_way);
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
        let [input, weight, bias] = [input, weight.clone(), bias.clone()].map(Values::of);
        let mut product = Vec::with_capacity(members * rows * outputs);
        for member in 0..members {
            // The bias is there before the product is added to it.
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
        let output = Values::of(output);
        changed(gradient, |member, gradient| {
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
        let values = Values::of(tensor);
        let mut sums = Vec::with_capacity(members * columns);
        for member in 0..members {
            let own = column_sums(values.of_member(member), columns);
            sums.extend(own.into_iter().map(|sum| sum as f32));
        }
        self::tensor(sums, [members, 1, columns])
    }

    fn cross_entropy(
        logits: Tensor<Self, 3>,
        targets: Tensor<Self, 3>,
        aims: Tensor<Self, 3>,
    ) -> CrossEntropy<Self> {
        let [members, batch, classes] = logits.dims();
        let [logits, targets, aims] = [logits, targets, aims].map(Values::of);
        let mut gradient = Vec::with_capacity(members * batch * classes);
        let mut sums = Vec::with_capacity(members * 2);
        let of_batch = 1.0 / batch as f64;
        for member in 0..members {
            let [logits, targets, aims] =
                [&logits, &targets, &aims].map(|values| values.of_member(member));
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
            let (mut loss, mut right) = (0.0_f64, 0.0_f32);
            let own = exponentials.chunks_exact_mut(classes);
            let each = rows().zip(aims.chunks_exact(classes)).zip(highest).zip(own);
            for ((((logits, targets), aims), highest), exponentials) in each {
                let sum: f64 = exponentials.iter().map(|&value| f64::from(value)).sum();
                let log_sum = (sum as f32).ln() + logits[highest];
                let losses = logits.iter().zip(targets);
                let of_sample: f32 = losses.map(|(x, target)| target * (log_sum - x)).sum();
                loss += f64::from(of_sample);
                right += targets[highest];
                let share = 1.0 / sum;
                for (value, &aim) in exponentials.iter_mut().zip(aims) {
                    let error = f64::from(*value) * share - f64::from(aim);
                    *value = (error * of_batch) as f32;
                }
            }
            sums.extend([loss as f32, right]);
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
            let (threshold, kept) = (noise::threshold(rate), 1.0 / (1.0 - rate));
            for (row, factors) in (0..).zip(factors.chunks_exact_mut(columns)) {
                let row = noise::of_row(key, row);
                vectorised(|| {
                    for (column, factor) in (0..).zip(factors) {
                        let dropped = noise::of_column(row, column) < threshold;
                        *factor = if dropped { 0.0 } else { kept };
                    }
                });
            }
        }
        tensor(factors, [keys.len(), rows, columns])
    }

    fn descend(
        [weight, bias]: [Tensor<Self, 3>; 2],
        input: Tensor<Self, 3>,
        gradient: Tensor<Self, 3>,
        keep: &[f32],
        rate: &[f32],
    ) -> [Tensor<Self, 3>; 2] {
        let outputs = weight.dims()[2];
        let [input, gradient] = [input, gradient].map(Values::of);
        let weight = changed(weight, |member, weight| {
            multiply_into(
                weight,
                keep[member],
                input.matrix(member).transposed(),
                gradient.matrix(member),
                -rate[member],
            );
        });
        let bias = changed(bias, |member, bias| {
            let sums = column_sums(gradient.of_member(member), outputs);
            for (bias, sum) in bias.iter_mut().zip(sums) {
                *bias = keep[member] * *bias - rate[member] * sum as f32;
            }
        });
        [weight, bias]
    }
}

/// The sums over rows of this many values.
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

/// Appends so many copies of a row, in few large pieces.
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

/// The position of the first highest value.
fn argmax(values: &[f32]) -> usize {
    let (mut best, mut highest) = (0, values[0]);
    // Both are selected, not branched on: which class is highest cannot be foretold.
    for (position, &value) in values.iter().enumerate() {
        let is_higher = value > highest;
        best = if is_higher { position } else { best };
        highest = if is_higher { value } else { highest };
    }
    best
}

/// The values of a tensor that is read, member by member.
struct Values {
    tensor: FlexTensor,
    /// Where the first member begins, and what lies between the beginnings of two: 0 where members
    /// share the values of one.
    first: usize,
    step: usize,
    /// Rows and columns as they are stored.
    shape: [usize; 2],
    /// Whether they are exchanged in the tensor.
    transposed: bool,
}

impl Values {
    /// Each member row by row; copied only where it is not stored so.
    fn of(tensor: Tensor<Flex, 3>) -> Self {
        let tensor = primitive(tensor);
        let stored = Self::stored(tensor.clone(), false);
        stored.unwrap_or_else(|| Self::copied(&tensor))
    }

    /// Each member row by row or column by column; copied only where it is stored in neither way.
    fn either_way(tensor: Tensor<Flex, 3>) -> Self {
        let tensor = primitive(tensor);
        let stored = |transposed| Self::stored(tensor.clone(), transposed);
        let stored = stored(false).or_else(|| stored(true));
        stored.unwrap_or_else(|| Self::copied(&tensor))
    }

    fn copied(tensor: &FlexTensor) -> Self {
        Self::stored(tensor.to_contiguous(), false).expect("contiguous: row by row")
    }

    /// The values where they lie, if each member lies there without gaps; `transposed` where its
    /// columns do, one after the other.
    ///
    /// The stride of a dimension of length 1 says nothing: so a member alone and one of many, which
    /// differ in nothing else, are always read in one way.
    fn stored(tensor: FlexTensor, transposed: bool) -> Option<Self> {
        let (shape, strides) = (tensor.layout().shape(), tensor.layout().strides());
        let (members, [rows, columns]) = (shape[0], [shape[1], shape[2]]);
        let stride = |dimension: usize| usize::try_from(strides[dimension]).ok();
        let (shape, [down, across]) = match transposed {
            false => ([rows, columns], [stride(1)?, stride(2)?]),
            true => ([columns, rows], [stride(2)?, stride(1)?]),
        };
        let is_dense = (shape[1] <= 1 || across == 1) && (shape[0] <= 1 || down == shape[1]);
        let step = if members == 1 { 0 } else { stride(0)? };
        is_dense.then(|| Self {
            first: tensor.layout().start_offset(),
            step,
            shape,
            transposed,
            tensor,
        })
    }

    /// A member's values as they are stored.
    fn of_member(&self, member: usize) -> &[f32] {
        let first = self.first + member * self.step;
        &self.tensor.storage()[first..first + self.shape[0] * self.shape[1]]
    }

    fn matrix(&self, member: usize) -> Matrix<'_> {
        let stored = Matrix::new(self.of_member(member), self.shape);
        match self.transposed {
            false => stored,
            true => stored.transposed(),
        }
    }
}

/// The tensor with each member's values changed in place, where nobody else holds them.
fn changed(tensor: Tensor<Flex, 3>, mut change: impl FnMut(usize, &mut [f32])) -> Tensor<Flex, 3> {
    let [_, rows, columns] = tensor.dims();
    let mut own = primitive(tensor).to_contiguous();
    let members = own.storage_mut().chunks_exact_mut(rows * columns);
    members
        .enumerate()
        .for_each(|(member, values)| change(member, values));
    Tensor::from_primitive(TensorPrimitive::Float(own))
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
