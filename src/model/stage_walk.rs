//! The order in which a network's stages and their parameters are used.

use super::convolution_block::ConvolutionBlock;
use super::operation::Operation;
use crate::backend::Backend;
use burn::tensor::Tensor;

/// A single stage or a block.
pub(super) enum NextStages<'a, B: Backend> {
    Single(&'a mut Operation<B>),
    Block(ConvolutionBlock<'a, B>),
}

impl<'a, B: Backend> NextStages<'a, B> {
    /// Takes the next stage or block from the start of `rest`.
    pub(super) fn take(rest: &mut &'a mut [Operation<B>]) -> Option<Self> {
        let count = ConvolutionBlock::stage_count_at_start(rest).unwrap_or(1.min(rest.len()));
        let (next, later) = std::mem::take(rest).split_at_mut(count);
        *rest = later;
        match next {
            [] => None,
            [stage] => Some(Self::Single(stage)),
            stages => Some(Self::Block(ConvolutionBlock::new(stages))),
        }
    }
}

/// The weights and biases not yet taken, from input to output.
pub(super) struct ParametersLeft<'a, B: Backend>(pub(super) &'a [Tensor<B, 3>]);

impl<'a, B: Backend> ParametersLeft<'a, B> {
    /// Takes the weights and biases of the next stages with parameters.
    pub(super) fn take_first(&mut self, parameter_stages: usize) -> &'a [Tensor<B, 3>] {
        let (next, later) = self.0.split_at(2 * parameter_stages);
        self.0 = later;
        next
    }

    /// Takes the weights and biases of the last stages with parameters.
    pub(super) fn take_last(&mut self, parameter_stages: usize) -> &'a [Tensor<B, 3>] {
        let (earlier, last) = self.0.split_at(self.0.len() - 2 * parameter_stages);
        self.0 = earlier;
        last
    }
}
