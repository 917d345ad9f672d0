//! Hyperparameters that may differ between the members of a cohort.

use crate::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use std::ops::Range;

/// A hyperparameter with one value per member.
#[derive(Clone, Debug)]
pub struct PerMember<B: Backend> {
    /// One value per member.
    values: Vec<f64>,
    operand: Operand<B>,
}

/// How the values are applied to tensors.
#[derive(Clone, Debug)]
enum Operand<B: Backend> {
    /// All members have the same value. Faster, and exactly the arithmetic of an unstacked model.
    Scalar(f64),
    /// Members differ: `[members, 1, 1]`.
    Tensor(Tensor<B, 3>),
}

impl<B: Backend> PerMember<B> {
    /// One value per member.
    pub fn new(values: &[f64], device: &B::Device) -> Self {
        Self::with(values.to_vec(), || {
            let numbers: Vec<f32> = values.iter().map(|&value| value as f32).collect();
            let shape = [values.len(), 1, 1];
            Tensor::from_data(TensorData::new(numbers, shape), device)
        })
    }

    /// The value that `get` returns for each member.
    pub fn of<T>(members: &[T], get: impl Fn(&T) -> f64, device: &B::Device) -> Self {
        Self::new(&members.iter().map(get).collect::<Vec<_>>(), device)
    }

    /// One value per member; `tensor` makes them as `[members, 1, 1]` if members differ.
    fn with(values: Vec<f64>, tensor: impl FnOnce() -> Tensor<B, 3>) -> Self {
        let operand = match values[..] {
            [first, ref rest @ ..] if rest.iter().all(|&value| value == first) => {
                Operand::Scalar(first)
            }
            _ => Operand::Tensor(tensor()),
        };
        Self { values, operand }
    }

    /// The values, one per member.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The values of a range of members.
    #[must_use]
    pub fn narrow_members(&self, members: &Range<usize>) -> Self {
        let values = self.values[members.clone()].to_vec();
        match &self.operand {
            Operand::Scalar(value) => Self {
                values,
                operand: Operand::Scalar(*value),
            },
            Operand::Tensor(tensor) => Self::with(values, || {
                tensor.clone().narrow(0, members.start, members.len())
            }),
        }
    }

    /// Multiplies each member's part of `tensor` by its value.
    pub fn scale(&self, tensor: Tensor<B, 3>) -> Tensor<B, 3> {
        match &self.operand {
            Operand::Scalar(1.0) => tensor,
            Operand::Scalar(value) => tensor.mul_scalar(*value),
            Operand::Tensor(values) => tensor * values.clone(),
        }
    }

    /// Adds each member's value to its part of `tensor`.
    pub fn add_to(&self, tensor: Tensor<B, 3>) -> Tensor<B, 3> {
        match &self.operand {
            Operand::Scalar(value) => tensor.add_scalar(*value),
            Operand::Tensor(values) => tensor + values.clone(),
        }
    }

    /// Limits each member's part of `tensor` to at most its value; NaN stays.
    pub fn clamp_max(&self, tensor: Tensor<B, 3>) -> Tensor<B, 3> {
        match &self.operand {
            // Unlike burn's `clamp_max`, this keeps NaN.
            Operand::Scalar(value) => {
                let is_above = tensor.clone().greater_elem(*value);
                tensor.mask_fill(is_above, *value)
            }
            Operand::Tensor(values) => {
                let shape = tensor.dims();
                tensor.min_pair(values.clone().expand(shape))
            }
        }
    }

    /// Whether every member's value is 0.
    pub fn is_zero(&self) -> bool {
        self.values.iter().all(|&value| value == 0.0)
    }
}

/// A value for each member and each step of an epoch, copied to the device once.
#[derive(Clone, Debug)]
pub(crate) struct PerStep<B: Backend> {
    /// For each step, one value per member.
    values: Vec<Vec<f64>>,
    /// `[steps, members, 1, 1]`, if members differ in any step.
    tensor: Option<Tensor<B, 4>>,
}

impl<B: Backend> PerStep<B> {
    /// `values` has, for each step, one value per member.
    pub(crate) fn new(values: Vec<Vec<f64>>, device: &B::Device) -> Self {
        let is_same = |step: &Vec<f64>| step.iter().all(|value| *value == step[0]);
        let tensor = (!values.iter().all(is_same)).then(|| {
            let numbers: Vec<f32> = values.iter().flatten().map(|&value| value as f32).collect();
            let shape = [values.len(), values[0].len(), 1, 1];
            Tensor::from_data(TensorData::new(numbers, shape), device)
        });
        Self { values, tensor }
    }

    /// The values of one step.
    pub(crate) fn step(&self, step: usize) -> PerMember<B> {
        PerMember::with(self.values[step].clone(), || {
            let tensor = self.tensor.clone().expect("made where members differ");
            tensor.narrow(0, step, 1).squeeze_dim(0)
        })
    }
}
