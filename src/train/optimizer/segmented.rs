//! Members with optimizers of different kinds in one cohort.

use super::{Optimizer, OptimizerState};
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
