//! The gradients of a stage's parameters, computed as late as possible.

use super::segments::narrow_members;
use crate::backend::Backend;
use burn::tensor::Tensor;
use std::ops::Range;

/// The gradients of the weight and the bias of one stage.
#[derive(Clone, Debug)]
pub enum StageGradient<B: Backend> {
    /// Of a linear map: the weight's is `inputᵀ · output`, the bias's the sum of `output` over its
    /// rows. Where nobody looks at them they need not be computed apart from the step.
    Linear {
        /// What went in: `[members or 1, rows, inputs]`.
        input: Tensor<B, 3>,
        /// The gradient of what came out: `[members, rows, outputs]`.
        output: Tensor<B, 3>,
    },
    /// Of any other stage, as they are.
    Values([Tensor<B, 3>; 2]),
}

impl<B: Backend> StageGradient<B> {
    /// The gradients as tensors, each of its parameter's shape.
    pub fn values(self) -> [Tensor<B, 3>; 2] {
        match self {
            Self::Linear { input, output } => {
                let bias = B::sum_rows(output.clone());
                [B::product(input.swap_dims(1, 2), output), bias]
            }
            Self::Values(values) => values,
        }
    }

    /// Those of some adjacent members.
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
                Self::Values(values.each_ref().map(|v| narrow_members(v, members)))
            }
        }
    }
}
