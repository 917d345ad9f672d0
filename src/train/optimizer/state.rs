//! What an optimizer remembers of a member from step to step.

use crate::backend::Backend;
use crate::model::{padded, stack, trimmed};
use burn::tensor::Tensor;

/// All that an optimizer knows of one member beyond its settings: handed to the optimizer of
/// another cohort, training goes on as if nothing had happened.
#[derive(Clone, Debug)]
pub struct OptimizerState<B: Backend> {
    /// Steps taken, where the optimizer counts them.
    pub steps: usize,
    /// The product of NAdam's momenta; 1 for others.
    pub momentum_product: f64,
    /// Lists of moving means, velocities or sums, each with a tensor for each parameter
    /// (`[1, rows, columns]`); a list is empty where there is none (yet).
    pub lists: Vec<Vec<Tensor<B, 3>>>,
}

impl<B: Backend> OptimizerState<B> {
    /// The state with every tensor padded by zeros to the shape of its parameter.
    #[must_use]
    pub(crate) fn padded(self, shapes: &[[usize; 2]]) -> Self {
        self.shaped(shapes, padded)
    }

    /// The state with every tensor trimmed to the shape of its parameter.
    #[must_use]
    pub(crate) fn trimmed(self, shapes: &[[usize; 2]]) -> Self {
        self.shaped(shapes, trimmed)
    }

    fn shaped(
        mut self,
        shapes: &[[usize; 2]],
        shape: fn(Tensor<B, 3>, [usize; 2]) -> Tensor<B, 3>,
    ) -> Self {
        for list in &mut self.lists {
            let tensors = std::mem::take(list).into_iter().zip(shapes);
            *list = tensors.map(|(tensor, &own)| shape(tensor, own)).collect();
        }
        self
    }
}

/// All that an optimizer knows of all its members beyond their settings.
#[derive(Clone, Debug)]
pub struct StateLists<B: Backend> {
    /// Steps taken by each member; none where the optimizer does not count them.
    pub steps: Vec<usize>,
    /// The product of NAdam's momenta of each member; none for other optimizers.
    pub momentum_products: Vec<f64>,
    /// Lists as in [`OptimizerState::lists`], stacked: `[members, rows, columns]`.
    pub lists: Vec<Vec<Tensor<B, 3>>>,
}

impl<B: Backend> StateLists<B> {
    /// Lists alone.
    pub(super) fn of_lists(lists: &[&[Tensor<B, 3>]]) -> Self {
        Self {
            steps: Vec::new(),
            momentum_products: Vec::new(),
            lists: lists.iter().map(|list| list.to_vec()).collect(),
        }
    }

    /// The memory of members with these states.
    pub(super) fn of_states(states: &[OptimizerState<B>]) -> Self {
        let lists = states.iter().map(|state| state.lists.len()).max();
        Self {
            steps: states.iter().map(|state| state.steps).collect(),
            momentum_products: states.iter().map(|s| s.momentum_product).collect(),
            lists: (0..lists.unwrap_or(0))
                .map(|list| stacked(states, list))
                .collect(),
        }
    }

    /// What is known of the member at this position.
    pub(super) fn member(&self, member: usize) -> OptimizerState<B> {
        let own = |tensor: &Tensor<B, 3>| tensor.clone().narrow(0, member, 1);
        let lists = self.lists.iter();
        OptimizerState {
            steps: self.steps.get(member).copied().unwrap_or(0),
            momentum_product: self.momentum_products.get(member).copied().unwrap_or(1.0),
            lists: lists.map(|list| list.iter().map(own).collect()).collect(),
        }
    }

    /// Takes out the list of this index; empty where there is none.
    pub(super) fn take_list(&mut self, list: usize) -> Vec<Tensor<B, 3>> {
        self.lists
            .get_mut(list)
            .map(std::mem::take)
            .unwrap_or_default()
    }
}

/// The list of this index of all members, stacked. A member that has none, because none of its
/// settings asks for it, gets zeros; where no member has one, there is none.
fn stacked<B: Backend>(states: &[OptimizerState<B>], list: usize) -> Vec<Tensor<B, 3>> {
    let of =
        |state: &'_ OptimizerState<B>| state.lists.get(list).filter(|own| !own.is_empty()).cloned();
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
        let own = lists.iter_mut();
        stack(
            own.map(|list| list.next().expect("one for each parameter"))
                .collect(),
        )
    };
    (0..like.len()).map(tensor).collect()
}
