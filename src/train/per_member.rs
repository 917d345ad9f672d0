//! A number that each member of a cohort has its own of.

use crate::backend::Backend;
use burn::tensor::{Tensor, TensorData};

/// A hyper-parameter of all members.
#[derive(Clone, Debug)]
pub enum PerMember<B: Backend> {
    /// All members have the same: cheaper, and exactly the arithmetic of a plain model.
    Same(f64),
    /// Each has its own: `[members, 1, 1]`.
    Each(Tensor<B, 3>),
}

impl<B: Backend> PerMember<B> {
    /// One value for each member.
    pub fn new(values: &[f64], device: &B::Device) -> Self {
        match values {
            [first, rest @ ..] if rest.iter().all(|value| value == first) => Self::Same(*first),
            _ => {
                let numbers: Vec<f32> = values.iter().map(|&value| value as f32).collect();
                let shape = [values.len(), 1, 1];
                Self::Each(Tensor::from_data(TensorData::new(numbers, shape), device))
            }
        }
    }

    /// The value that `get` gives for each member.
    pub fn of<T>(members: &[T], get: impl Fn(&T) -> f64, device: &B::Device) -> Self {
        Self::new(&members.iter().map(get).collect::<Vec<_>>(), device)
    }

    /// Each member's part of `tensor` times its value.
    pub fn scale(&self, tensor: Tensor<B, 3>) -> Tensor<B, 3> {
        match self {
            Self::Same(1.0) => tensor,
            Self::Same(value) => tensor.mul_scalar(*value),
            Self::Each(values) => tensor * values.clone(),
        }
    }

    /// Adds each member's value to its part of `tensor`.
    pub fn add_to(&self, tensor: Tensor<B, 3>) -> Tensor<B, 3> {
        match self {
            Self::Same(value) => tensor.add_scalar(*value),
            Self::Each(values) => tensor + values.clone(),
        }
    }

    /// Each member's part of `tensor`, with no number above its value.
    pub fn at_most(&self, tensor: Tensor<B, 3>) -> Tensor<B, 3> {
        match self {
            Self::Same(value) => tensor.clamp_max(*value),
            Self::Each(values) => {
                let shape = tensor.dims();
                tensor.min_pair(values.clone().expand(shape))
            }
        }
    }

    /// Whether every member's value is 0.
    pub fn is_zero(&self) -> bool {
        matches!(self, Self::Same(0.0))
    }
}
