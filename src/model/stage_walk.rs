//! The order in which a network's stages and their parameters are used.

use super::convolution_block::ConvolutionBlock;
use super::network_stage::NetworkStage;
use crate::backend::Backend;
use burn::tensor::Tensor;

/// A single stage or a block.
pub(super) enum NextStages<'a, B: Backend> {
    Single(&'a mut NetworkStage<B>),
    Block(ConvolutionBlock<'a, B>),
}

impl<'a, B: Backend> NextStages<'a, B> {
    /// Takes the next stage or block from the start of `rest`.
    pub(super) fn take(rest: &mut &'a mut [NetworkStage<B>]) -> Option<Self> {
        let count = ConvolutionBlock::stage_count_at_start(rest).unwrap_or(1.min(rest.len()));
        let (next, later) = std::mem::take(rest).split_at_mut(count);
        *rest = later;
        match next {
            [] => None,
            [stage] => Some(Self::Single(stage)),
            stages => Some(Self::Block(ConvolutionBlock::new(stages))),
        }
    }

    /// The number of its parameters.
    pub(super) fn parameters(&self) -> usize {
        match self {
            Self::Single(stage) => stage.parameters,
            Self::Block(block) => block.parameters(),
        }
    }
}

/// The parameters not yet taken, from input to output.
pub(super) struct ParametersLeft<'a, B: Backend>(pub(super) &'a [Tensor<B, 3>]);

impl<'a, B: Backend> ParametersLeft<'a, B> {
    /// Takes the parameters of the next stages, of which there are `count`.
    pub(super) fn take_first(&mut self, count: usize) -> &'a [Tensor<B, 3>] {
        let (next, later) = self.0.split_at(count);
        self.0 = later;
        next
    }

    /// Takes the parameters of the last stages, of which there are `count`.
    pub(super) fn take_last(&mut self, count: usize) -> &'a [Tensor<B, 3>] {
        let (earlier, last) = self.0.split_at(self.0.len() - count);
        self.0 = earlier;
        last
    }
}
