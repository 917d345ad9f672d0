//! The state of an optimizer.

use crate::backend::Backend;
use burn::tensor::Tensor;

/// The state of all members of an optimizer.
#[derive(Clone, Debug)]
pub struct StackedState<B: Backend> {
    /// Steps taken by each member; empty if the optimizer does not count them.
    pub steps: Vec<usize>,
    /// Lists of moving means, velocities or sums. Each list has one tensor per parameter
    /// (`[members, rows, columns]`), or is empty if the optimizer does not need it or has not taken a
    /// step.
    pub lists: Vec<Vec<Tensor<B, 3>>>,
}

impl<B: Backend> StackedState<B> {
    /// A state that consists of lists only.
    pub(crate) fn from_lists(lists: &[&[Tensor<B, 3>]]) -> Self {
        Self {
            steps: Vec::new(),
            lists: lists.iter().map(|list| list.to_vec()).collect(),
        }
    }

    /// Removes and returns the list of this index; empty if there is none.
    pub(crate) fn take_list(&mut self, list: usize) -> Vec<Tensor<B, 3>> {
        self.lists
            .get_mut(list)
            .map(std::mem::take)
            .unwrap_or_default()
    }
}
