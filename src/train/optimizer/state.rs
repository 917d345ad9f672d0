//! The state that an optimizer keeps between steps.

use crate::backend::Backend;
use crate::model::{padded, trimmed};
use crate::optimizers::StackedState;
use crate::stages::concat_members;
use burn::tensor::Tensor;

/// The state of one member. Restored into the optimizer of another cohort, training continues with
/// the same numbers.
#[derive(Clone, Debug)]
pub struct OptimizerState<B: Backend> {
    /// Steps taken; 0 if the optimizer does not count them.
    pub steps: usize,
    /// Lists of moving means, velocities or sums. Each list has one tensor per parameter
    /// (`[1, rows, columns]`), or is empty if the optimizer does not need it or has not taken a
    /// step.
    pub lists: Vec<Vec<Tensor<B, 3>>>,
}

impl<B: Backend> OptimizerState<B> {
    /// The state with every tensor padded by zeros to the shape of its parameter.
    #[must_use]
    pub(crate) fn padded(self, shapes: &[[usize; 2]]) -> Self {
        self.with_shapes(shapes, padded)
    }

    /// The state with every tensor trimmed to the shape of its parameter.
    #[must_use]
    pub(crate) fn trimmed(self, shapes: &[[usize; 2]]) -> Self {
        self.with_shapes(shapes, trimmed)
    }

    fn with_shapes(
        mut self,
        shapes: &[[usize; 2]],
        reshape: fn(Tensor<B, 3>, [usize; 2]) -> Tensor<B, 3>,
    ) -> Self {
        for list in &mut self.lists {
            let tensors = std::mem::take(list).into_iter().zip(shapes);
            *list = tensors
                .map(|(tensor, &shape)| reshape(tensor, shape))
                .collect();
        }
        self
    }
}

/// The state of members with these states.
pub(super) fn stack_members<B: Backend>(states: &[OptimizerState<B>]) -> StackedState<B> {
    let lists = states.iter().map(|state| state.lists.len()).max();
    StackedState {
        steps: states.iter().map(|state| state.steps).collect(),
        lists: (0..lists.unwrap_or(0))
            .map(|list| stacked(states, list))
            .collect(),
    }
}

/// The state of the member with this index.
pub(super) fn member_of<B: Backend>(state: &StackedState<B>, member: usize) -> OptimizerState<B> {
    let of_member = |tensor: &Tensor<B, 3>| tensor.clone().narrow(0, member, 1);
    let lists = state.lists.iter();
    OptimizerState {
        steps: state.steps.get(member).copied().unwrap_or(0),
        lists: lists
            .map(|list| list.iter().map(of_member).collect())
            .collect(),
    }
}

/// The list of this index of all members, stacked. A member that does not need the list gets zeros;
/// the result is empty if no member has it.
fn stacked<B: Backend>(states: &[OptimizerState<B>], list: usize) -> Vec<Tensor<B, 3>> {
    let of = |state: &'_ OptimizerState<B>| {
        state
            .lists
            .get(list)
            .filter(|list| !list.is_empty())
            .cloned()
    };
    let Some(like) = states.iter().find_map(of) else {
        return Vec::new();
    };
    let mut lists: Vec<_> = states
        .iter()
        .map(|state| {
            let zeros = || like.iter().map(Tensor::zeros_like).collect();
            of(state).unwrap_or_else(zeros).into_iter()
        })
        .collect();
    let tensor = |_| {
        let of_members = lists.iter_mut();
        concat_members(
            of_members
                .map(|list| list.next().expect("one for each parameter"))
                .collect(),
        )
    };
    (0..like.len()).map(tensor).collect()
}
