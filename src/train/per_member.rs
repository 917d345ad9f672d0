//! A number that each member of a cohort has its own of.

use crate::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use std::ops::Range;

/// A hyper-parameter of all members.
#[derive(Clone, Debug)]
pub struct PerMember<B: Backend> {
    /// One for each member.
    values: Vec<f64>,
    form: Form<B>,
}

/// How the values are applied to tensors.
#[derive(Clone, Debug)]
enum Form<B: Backend> {
    /// All members have the same: cheaper, and exactly the arithmetic of a plain model.
    Same(f64),
    /// Each has its own: `[members, 1, 1]`.
    Each(Tensor<B, 3>),
}

impl<B: Backend> PerMember<B> {
    /// One value for each member.
    pub fn new(values: &[f64], device: &B::Device) -> Self {
        Self::with(values.to_vec(), || {
            let numbers: Vec<f32> = values.iter().map(|&value| value as f32).collect();
            let shape = [values.len(), 1, 1];
            Tensor::from_data(TensorData::new(numbers, shape), device)
        })
    }

    /// The value that `get` gives for each member.
    pub fn of<T>(members: &[T], get: impl Fn(&T) -> f64, device: &B::Device) -> Self {
        Self::new(&members.iter().map(get).collect::<Vec<_>>(), device)
    }

    /// One value for each member, which `tensor` gives as `[members, 1, 1]` where it is needed.
    fn with(values: Vec<f64>, tensor: impl FnOnce() -> Tensor<B, 3>) -> Self {
        let form = match values[..] {
            [first, ref rest @ ..] if rest.iter().all(|&value| value == first) => Form::Same(first),
            _ => Form::Each(tensor()),
        };
        Self { values, form }
    }

    /// The values, one for each member.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The values of some adjacent members.
    #[must_use]
    pub fn part(&self, members: &Range<usize>) -> Self {
        let values = self.values[members.clone()].to_vec();
        match &self.form {
            Form::Same(value) => Self {
                values,
                form: Form::Same(*value),
            },
            Form::Each(tensor) => Self::with(values, || {
                tensor.clone().narrow(0, members.start, members.len())
            }),
        }
    }

    /// Each member's part of `tensor` times its value.
    pub fn scale(&self, tensor: Tensor<B, 3>) -> Tensor<B, 3> {
        match &self.form {
            Form::Same(1.0) => tensor,
            Form::Same(value) => tensor.mul_scalar(*value),
            Form::Each(values) => tensor * values.clone(),
        }
    }

    /// Adds each member's value to its part of `tensor`.
    pub fn add_to(&self, tensor: Tensor<B, 3>) -> Tensor<B, 3> {
        match &self.form {
            Form::Same(value) => tensor.add_scalar(*value),
            Form::Each(values) => tensor + values.clone(),
        }
    }

    /// Each member's part of `tensor`, with no number above its value.
    pub fn at_most(&self, tensor: Tensor<B, 3>) -> Tensor<B, 3> {
        match &self.form {
            Form::Same(value) => tensor.clamp_max(*value),
            Form::Each(values) => {
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

/// A number for each member in each step of an epoch, put on the device once.
#[derive(Clone, Debug)]
pub(super) struct PerStep<B: Backend> {
    /// Step by step.
    values: Vec<Vec<f64>>,
    /// `[steps, members, 1, 1]`, where members differ in any step.
    tensor: Option<Tensor<B, 4>>,
}

impl<B: Backend> PerStep<B> {
    /// Values step by step, in each one for each member.
    pub(super) fn new(values: Vec<Vec<f64>>, device: &B::Device) -> Self {
        let is_same = |step: &Vec<f64>| step.iter().all(|value| *value == step[0]);
        let tensor = (!values.iter().all(is_same)).then(|| {
            let numbers: Vec<f32> = values.iter().flatten().map(|&value| value as f32).collect();
            let shape = [values.len(), values[0].len(), 1, 1];
            Tensor::from_data(TensorData::new(numbers, shape), device)
        });
        Self { values, tensor }
    }

    /// The values of one step.
    pub(super) fn step(&self, step: usize) -> PerMember<B> {
        PerMember::with(self.values[step].clone(), || {
            let tensor = self.tensor.clone().expect("made where members differ");
            tensor.narrow(0, step, 1).squeeze_dim(0)
        })
    }
}
