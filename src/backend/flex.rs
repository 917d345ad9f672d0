//! The operations on burn's CPU backend: plain loops and matrix products over slices.
//!
//! Members are done one after the other, each exactly as if it were alone.

use super::{Backend, CrossEntropy};
use burn::backend::Flex;
use burn::tensor::{Tensor, TensorData, TensorPrimitive};
use burn_flex::FlexTensor;
use slice_gemm::{Matrix, multiply_into};

impl Backend for Flex {
    const DESCENDS: bool = true;

    fn dense(
        input: Tensor<Self, 3>,
        weight: &Tensor<Self, 3>,
        bias: &Tensor<Self, 3>,
    ) -> Tensor<Self, 3> {
        let [members, inputs, outputs] = weight.dims();
        let rows = input.dims()[1];
        let [input, weight, bias] = [input, weight.clone(), bias.clone()].map(Values::of);
        let mut product = Vec::with_capacity(members * rows * outputs);
        for member in 0..members {
            // The bias is there before the product is added to it.
            for _ in 0..rows {
                product.extend_from_slice(bias.of_member(member));
            }
            multiply_into(
                &mut product[member * rows * outputs..],
                1.0,
                Matrix::new(input.of_member(member), [rows, inputs]),
                Matrix::new(weight.of_member(member), [inputs, outputs]),
                1.0,
            );
        }
        tensor(product, [members, rows, outputs])
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
        for member in 0..members {
            let [logits, targets, aims] = [&logits, &targets, &aims]
                .map(|values| values.of_member(member).chunks_exact(classes));
            let (mut loss, mut right) = (0.0, 0.0);
            for ((logits, targets), aims) in logits.zip(targets).zip(aims) {
                let row = gradient.len();
                let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                gradient.extend(logits.iter().map(|logit| (logit - highest).exp()));
                let exponentials = &mut gradient[row..];
                let sum: f32 = exponentials.iter().sum();
                let log_sum = sum.ln() + highest;
                let losses = logits.iter().zip(targets);
                loss += losses
                    .map(|(logit, target)| target * (log_sum - logit))
                    .sum::<f32>();
                right += f32::from(u8::from(argmax(logits) == argmax(targets)));
                let share = 1.0 / batch as f32;
                for (value, aim) in exponentials.iter_mut().zip(aims) {
                    *value = (*value / sum - aim) * share;
                }
            }
            sums.extend([loss, right]);
        }
        CrossEntropy {
            gradient: tensor(gradient, [members, batch, classes]),
            sums: tensor(sums, [members, 1, 2]),
        }
    }

    fn descend(
        [weight, bias]: [Tensor<Self, 3>; 2],
        input: Tensor<Self, 3>,
        gradient: Tensor<Self, 3>,
        keep: &[f32],
        rate: &[f32],
    ) -> [Tensor<Self, 3>; 2] {
        let [_, inputs, outputs] = weight.dims();
        let rows = gradient.dims()[1];
        let [input, gradient] = [input, gradient].map(Values::of);
        let weight = changed(weight, |member, weight| {
            multiply_into(
                weight,
                keep[member],
                Matrix::new(input.of_member(member), [rows, inputs]).transposed(),
                Matrix::new(gradient.of_member(member), [rows, outputs]),
                -rate[member],
            );
        });
        let bias = changed(bias, |member, bias| {
            let mut sums = vec![0.0_f32; outputs];
            for row in gradient.of_member(member).chunks_exact(outputs) {
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += value;
                }
            }
            for (bias, sum) in bias.iter_mut().zip(sums) {
                *bias = keep[member] * *bias - rate[member] * sum;
            }
        });
        [weight, bias]
    }
}

/// The position of the first highest value.
fn argmax(values: &[f32]) -> usize {
    let mut best = 0;
    for (position, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = position;
        }
    }
    best
}

/// The values of a tensor that is read, member by member.
struct Values {
    tensor: FlexTensor,
    /// Values of one member; a tensor that members share has those of one alone.
    each: usize,
    shared: bool,
}

impl Values {
    fn of(tensor: Tensor<Flex, 3>) -> Self {
        let [members, rows, columns] = tensor.dims();
        Self {
            tensor: primitive(tensor).to_contiguous(),
            each: rows * columns,
            shared: members == 1,
        }
    }

    fn of_member(&self, member: usize) -> &[f32] {
        let first = if self.shared { 0 } else { member * self.each };
        &self.tensor.storage()[first..first + self.each]
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

fn primitive(tensor: Tensor<Flex, 3>) -> FlexTensor {
    tensor.into_primitive().tensor()
}

fn tensor(values: Vec<f32>, shape: [usize; 3]) -> Tensor<Flex, 3> {
    let data = FlexTensor::from_data(TensorData::new(values, shape));
    Tensor::from_primitive(TensorPrimitive::Float(data))
}
