//! The computation of a stage.

use super::dropout_noise::DropoutNoise;
use super::gradient::StageGradient;
use crate::backend::Backend;
use burn::tensor::Tensor;

/// What the stages of a network share in a forward pass.
pub(crate) struct ForwardPass<'a, B: Backend> {
    /// The noise of dropout; `None` in evaluation, or if no member has dropout.
    pub(crate) noise: Option<&'a mut DropoutNoise>,
    /// Values that a later stage adds to its input. The last one is added first.
    pub(crate) skipped: Vec<Tensor<B, 3>>,
}

/// What the stages of a network share in a backward pass.
pub(crate) struct BackwardPass<B: Backend> {
    /// Whether the current stage needs to compute the gradient of its input.
    pub(crate) needs_input_gradient: bool,
    /// Gradients that an earlier stage adds to that of its input. The last one is added first.
    pub(crate) skipped: Vec<Tensor<B, 3>>,
}

/// The gradients that a stage computes: of its input (`None` unless needed), and of its parameters (`None` if it has
/// none).
pub(crate) type Gradients<B> = (Option<Tensor<B, 3>>, Option<StageGradient<B>>);

/// The computation of a stage for all members of a cohort. Inputs, outputs and their gradients are
/// `[members, batch, features]`; `parameters` are those of the stage, in the order of its definition.
pub(crate) trait Operation<B: Backend> {
    /// The output in evaluation.
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        pass: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3>;

    /// The output in training, and the tensors that [`backward`](Self::backward) needs. Updates the statistics.
    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        pass: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>);

    /// The gradients, given that of the output and the cached tensors of [`forward`](Self::forward). Padding has
    /// gradients of exactly 0, because that of its output is 0.
    fn backward(
        &mut self,
        cached: Vec<Tensor<B, 3>>,
        gradient: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        pass: &mut BackwardPass<B>,
    ) -> Gradients<B>;

    /// The statistics, in the order of the definition: `[members, rows, columns]` each.
    fn statistics(&self) -> Vec<Tensor<B, 3>> {
        Vec::new()
    }

    /// Replaces the [`statistics`](Self::statistics).
    fn set_statistics(&mut self, _statistics: Vec<Tensor<B, 3>>) {}
}

/// The cached tensors, of which a stage has exactly this number.
pub(super) fn cached<B: Backend, const N: usize>(tensors: Vec<Tensor<B, 3>>) -> [Tensor<B, 3>; N] {
    match tensors.try_into() {
        Ok(tensors) => tensors,
        Err(_) => unreachable!("the tensors that the forward pass cached"),
    }
}
