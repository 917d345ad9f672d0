//! The gradients of a stage's parameters, computed only when they are needed.

use super::segments::narrow_members;
use crate::backend::Backend;
use burn::tensor::Tensor;
use smallvec::{SmallVec, smallvec};
use std::ops::Range;

/// One tensor for each parameter of a stage, in their order.
pub type ParameterValues<B> = SmallVec<[Tensor<B, 3>; 2]>;

/// The gradients of the parameters of one stage.
#[derive(Clone, Debug)]
pub enum StageGradient<B: Backend> {
    /// The gradients of a linear map, as factors: that of the weight is `inputᵀ · output`, that of the bias
    /// is the sum of `output` over its rows. An optimizer may not need them as tensors.
    Linear {
        /// The layer's input: `[members or 1, rows, inputs]`.
        input: Tensor<B, 3>,
        /// The gradient of the layer's output: `[members, rows, outputs]`.
        output: Tensor<B, 3>,
    },
    /// The gradients of any other stage, as tensors.
    Values(ParameterValues<B>),
}

impl<B: Backend> StageGradient<B> {
    /// The gradients as tensors, each with the shape of its parameter.
    pub fn values(self) -> ParameterValues<B> {
        match self {
            Self::Linear { input, output } => {
                let bias = B::sum_rows(output.clone());
                smallvec![B::product(input.swap_dims(1, 2), output), bias]
            }
            Self::Values(values) => values,
        }
    }

    /// The gradients of a range of members.
    #[must_use]
    pub fn narrow_members(&self, members: &Range<usize>) -> Self {
        match self {
            Self::Linear { input, output } => Self::Linear {
                input: match input.dims()[0] {
                    1 => input.clone(),
                    _ => narrow_members(input, members),
                },
                output: narrow_members(output, members),
            },
            Self::Values(values) => {
                Self::Values(values.iter().map(|v| narrow_members(v, members)).collect())
            }
        }
    }
}
