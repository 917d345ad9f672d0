//! Members with optimizers of different kinds in one cohort.

use super::{Optimizer, OptimizerState, StateLists};
use crate::backend::Backend;
use crate::model::{StageGradient, part, stack};
use crate::train::per_member::PerMember;
use burn::tensor::Tensor;
use std::ops::Range;

/// One optimizer for each segment of adjacent members of one kind.
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
        self.each(&parameters, learning_rate, |segment, own, rate| {
            let gradients = gradients.iter().map(|t| part(t, &segment.members));
            segment.optimizer.step(own, gradients.collect(), rate)
        })
    }

    fn descend(
        &mut self,
        parameters: Vec<Tensor<B, 3>>,
        gradients: Vec<StageGradient<B>>,
        learning_rate: &PerMember<B>,
    ) -> Vec<Tensor<B, 3>> {
        self.each(&parameters, learning_rate, |segment, own, rate| {
            let gradients = gradients.iter().map(|g| g.part(&segment.members));
            segment.optimizer.descend(own, gradients.collect(), rate)
        })
    }

    fn memory(&self) -> StateLists<B> {
        let memories: Vec<_> = self
            .0
            .iter()
            .map(|segment| segment.optimizer.memory())
            .collect();
        let lists = memories.iter().map(|memory| memory.lists.len()).max();
        let sizes = || self.0.iter().map(|segment| segment.members.len());
        let steps = memories.iter().zip(sizes());
        let products = memories.iter().zip(sizes());
        StateLists {
            steps: steps
                .flat_map(|(memory, size)| of_each(&memory.steps, size, 0))
                .collect(),
            momentum_products: products
                .flat_map(|(memory, size)| of_each(&memory.momentum_products, size, 1.0))
                .collect(),
            lists: (0..lists.unwrap_or(0))
                .map(|list| {
                    let of = |memory: &StateLists<B>| memory.lists.get(list).cloned();
                    let own = memories.iter().map(|memory| of(memory).unwrap_or_default());
                    joined(own.zip(sizes()).collect())
                })
                .collect(),
        }
    }

    fn set_memory(&mut self, memory: StateLists<B>) {
        for segment in &mut self.0 {
            let members = &segment.members;
            let own = |list: &Vec<Tensor<B, 3>>| list.iter().map(|t| part(t, members)).collect();
            segment.optimizer.set_memory(StateLists {
                steps: memory.steps[members.clone()].to_vec(),
                momentum_products: memory.momentum_products[members.clone()].to_vec(),
                lists: memory.lists.iter().map(own).collect(),
            });
        }
    }

    // Without putting the whole memory together.
    fn state(&self, member: usize) -> OptimizerState<B> {
        let mut segments = self.0.iter();
        let segment = segments.find(|segment| segment.members.contains(&member));
        let segment = segment.expect("segments hold all members");
        segment.optimizer.state(member - segment.members.start)
    }

    fn restore(&mut self, states: Vec<OptimizerState<B>>) {
        let mut states = states.into_iter();
        for segment in &mut self.0 {
            let own = states.by_ref().take(segment.members.len());
            segment.optimizer.restore(own.collect());
        }
    }
}

/// A value for each of so many members: `values`, or what stands for none.
fn of_each<T: Clone>(values: &[T], members: usize, none: T) -> Vec<T> {
    match values.is_empty() {
        true => vec![none; members],
        false => values.to_vec(),
    }
}

/// A list of all segments from those of each, with its number of members. A segment without the list gets
/// zeros; where no segment has it, there is none.
fn joined<B: Backend>(segments: Vec<(Vec<Tensor<B, 3>>, usize)>) -> Vec<Tensor<B, 3>> {
    let Some(like) = segments
        .iter()
        .map(|(own, _)| own)
        .find(|own| !own.is_empty())
    else {
        return Vec::new();
    };
    let tensor = |parameter: usize| {
        let own = segments
            .iter()
            .map(|(own, members)| match own.get(parameter) {
                Some(tensor) => tensor.clone(),
                None => {
                    let [_, rows, columns] = like[parameter].dims();
                    Tensor::zeros([*members, rows, columns], &like[parameter].device())
                }
            });
        stack(own.collect())
    };
    (0..like.len()).map(tensor).collect()
}

impl<B: Backend> Segmented<B> {
    /// Steps each segment's part of the parameters; the parameters put together again.
    fn each(
        &mut self,
        parameters: &[Tensor<B, 3>],
        learning_rate: &PerMember<B>,
        step: impl Fn(&mut Segment<B>, Vec<Tensor<B, 3>>, &PerMember<B>) -> Vec<Tensor<B, 3>>,
    ) -> Vec<Tensor<B, 3>> {
        let mut parts: Vec<_> = self
            .0
            .iter_mut()
            .map(|segment| {
                let own = parameters.iter().map(|t| part(t, &segment.members));
                let rate = learning_rate.part(&segment.members);
                step(segment, own.collect(), &rate).into_iter()
            })
            .collect();
        let whole = |_| {
            let own = parts.iter_mut();
            stack(
                own.map(|part| part.next().expect("a step keeps every parameter"))
                    .collect(),
            )
        };
        (0..parameters.len()).map(whole).collect()
    }
}
