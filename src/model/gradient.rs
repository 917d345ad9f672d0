//! The gradients of a stage's parameters, computed as late as possible.

use crate::backend::Backend;
use burn::tensor::{Tensor, TensorData};

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
                [input.swap_dims(1, 2).matmul(output), bias]
            }
            Self::Values(values) => values,
        }
    }

    /// One step of plain gradient descent, `w ← keep·w − rate·g`, with a number for each member.
    pub fn descend(self, own: [Tensor<B, 3>; 2], keep: &[f32], rate: &[f32]) -> [Tensor<B, 3>; 2] {
        match self {
            Self::Linear { input, output } => B::descend(own, input, output, keep, rate),
            Self::Values([of_weight, of_bias]) => {
                let [weight, bias] = own;
                let device = weight.device();
                let each = |values: &[f32]| {
                    let data = TensorData::new(values.to_vec(), [values.len(), 1, 1]);
                    Tensor::<B, 3>::from_data(data, &device)
                };
                let (keep, rate) = (each(keep), each(rate));
                [
                    weight * keep.clone() - of_weight * rate.clone(),
                    bias * keep - of_bias * rate,
                ]
            }
        }
    }
}
