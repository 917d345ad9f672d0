//! Members with different kinds of optimizers in one cohort.

use super::Optimizer;
use super::state::OptimizerState;
use crate::backend::Backend;
use crate::optimizers::{PerMember, StackedState};
use crate::stages::{StageGradient, concat_members, narrow_members};
use burn::tensor::Tensor;
use std::ops::Range;

/// One optimizer for each segment, which is a range of adjacent members of one kind.
pub(super) struct Segmented<B: Backend>(pub(super) Vec<Segment<B>>);

/// The members of a segment and their optimizer.
pub(super) struct Segment<B: Backend> {
    pub(super) members: Range<usize>,
    pub(super) optimizer: Box<dyn Optimizer<B>>,
}

impl<B: Backend> Optimizer<B> for Segmented<B> {
    fn step(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<Tensor<B, 3>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        self.step_segments(&parameters, learning_rate, |segment, parameters, rate| {
            let gradients = gradients
                .iter()
                .map(|t| narrow_members(t, &segment.members));
            segment
                .optimizer
                .step(parameters, gradients.collect(), rate)
        })
    }

    fn step_stages(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<StageGradient<B>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        self.step_segments(&parameters, learning_rate, |segment, parameters, rate| {
            let gradients = gradients.iter().map(|g| g.narrow_members(&segment.members));
            segment
                .optimizer
                .step_stages(parameters, gradients.collect(), rate)
        })
    }

    fn stacked_state(&self) -> StackedState<B> {
        let states: Vec<_> = self
            .0
            .iter()
            .map(|segment| segment.optimizer.stacked_state())
            .collect();
        let lists = states.iter().map(|state| state.lists.len()).max();
        let sizes = || self.0.iter().map(|segment| segment.members.len());
        let steps = states.iter().zip(sizes());
        StackedState {
            steps: steps
                .flat_map(|(state, size)| values_or(&state.steps, size, 0))
                .collect(),
            lists: (0..lists.unwrap_or(0))
                .map(|list| {
                    let of_segments = states
                        .iter()
                        .map(|state| state.lists.get(list).cloned().unwrap_or_default());
                    concat_lists(of_segments.zip(sizes()).collect())
                })
                .collect(),
        }
    }

    fn set_stacked_state(&mut self, state: StackedState<B>) {
        for segment in &mut self.0 {
            let members = &segment.members;
            let narrow = |list: &Vec<Tensor<B, 3>>| {
                list.iter().map(|t| narrow_members(t, members)).collect()
            };
            segment.optimizer.set_stacked_state(StackedState {
                steps: state.steps[members.clone()].to_vec(),
                lists: state.lists.iter().map(narrow).collect(),
            });
        }
    }

    // Avoids concatenating the state of all segments.
    fn member_state(&self, member: usize) -> OptimizerState<B> {
        let mut segments = self.0.iter();
        let segment = segments.find(|segment| segment.members.contains(&member));
        let segment = segment.expect("segments cover all members");
        segment
            .optimizer
            .member_state(member - segment.members.start)
    }

    fn restore(&mut self, states: Vec<OptimizerState<B>>) {
        let mut states = states.into_iter();
        for segment in &mut self.0 {
            let of_segment = states.by_ref().take(segment.members.len());
            segment.optimizer.restore(of_segment.collect());
        }
    }
}

/// One value for each of `members`: `values`, or `default` for each if there are none.
fn values_or<T: Clone>(values: &[T], members: usize, default: T) -> Vec<T> {
    if values.is_empty() {
        vec![default; members]
    } else {
        values.to_vec()
    }
}

/// Concatenates a list of state tensors over all segments, each given with its number of members.
/// A segment without the list gets zeros; the result is empty if no segment has it.
fn concat_lists<B: Backend>(segments: Vec<(Vec<Tensor<B, 3>>, usize)>) -> Vec<Tensor<B, 3>> {
    let Some(like) = segments
        .iter()
        .map(|(list, _)| list)
        .find(|list| !list.is_empty())
    else {
        return Vec::new();
    };
    let tensor = |parameter: usize| {
        let of_segments = segments
            .iter()
            .map(|(list, members)| match list.get(parameter) {
                Some(tensor) => tensor.clone(),
                None => {
                    let [_, rows, columns] = like[parameter].dims();
                    Tensor::zeros([*members, rows, columns], &like[parameter].device())
                }
            });
        concat_members(of_segments.collect())
    };
    (0..like.len()).map(tensor).collect()
}

impl<B: Backend> Segmented<B> {
    /// Steps the parameters of each segment, and returns the parameters of all members.
    fn step_segments(
        &mut self,
        parameters: &[Tensor<B, 3>],
        learning_rate: &PerMember<B>,
        step: impl Fn(&mut Segment<B>, Vec<Tensor<B, 3>>, &PerMember<B>) -> Vec<Tensor<B, 3>>,
    ) -> Vec<Tensor<B, 3>> {
        let mut stepped: Vec<_> = self
            .0
            .iter_mut()
            .map(|segment| {
                let of_segment = parameters
                    .iter()
                    .map(|t| narrow_members(t, &segment.members));
                let rate = learning_rate.narrow_members(&segment.members);
                step(segment, of_segment.collect(), &rate).into_iter()
            })
            .collect();
        let parameter = |_| {
            let of_segments = stepped.iter_mut();
            concat_members(
                of_segments
                    .map(|segment| segment.next().expect("a step returns every parameter"))
                    .collect(),
            )
        };
        (0..parameters.len()).map(parameter).collect()
    }
}
