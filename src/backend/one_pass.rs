//! The interface to optimizer steps in one pass over weights, gradients and state.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use step_kernels::{Rule, Step};

/// Optimizer steps in one pass.
///
/// All tensors are `[members, rows, columns]`. `steps` has the constants of one step for each member; all
/// members use `rule`. The lists are those of [`Rule::lists`]; a list that no member needs may be empty: `None`.
pub trait OnePassUpdates<B: Backend> {
    /// Takes a step of a parameter, given its gradient. Returns the parameter and its lists.
    fn update(
        &self,
        rule: Rule,
        steps: &[Step],
        parameter: Tensor<B, 3>,
        gradient: Tensor<B, 3>,
        lists: ParameterLists<B>,
    ) -> (Tensor<B, 3>, ParameterLists<B>);

    /// Takes a step of a dense layer's weight, whose gradient is `inputᵀ · gradient`, without storing
    /// that gradient as a whole. Shapes are those of [`dense`](super::Backend::dense).
    fn update_weight(
        &self,
        rule: Rule,
        steps: &[Step],
        weight: Tensor<B, 3>,
        input: Tensor<B, 3>,
        gradient: Tensor<B, 3>,
        lists: ParameterLists<B>,
    ) -> (Tensor<B, 3>, ParameterLists<B>);
}

/// The optimizer state of one parameter.
pub type ParameterLists<B> = Vec<Option<Tensor<B, 3>>>;
