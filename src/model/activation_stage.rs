//! An activation stage of a cohort: each segment of members has a function of its own.

use super::activation;
use super::padding::live;
use super::segments::{part, segments, stack};
use crate::backend::Backend;
use crate::spec::{Activation, Stage};
use burn::tensor::Tensor;
use std::ops::Range;

/// The functions of all members.
#[derive(Clone, Debug)]
pub(super) struct Activated<B: Backend>(Vec<Segment<B>>);

/// Adjacent members with one function.
#[derive(Clone, Debug)]
struct Segment<B: Backend> {
    function: Activation,
    members: Range<usize>,
    /// 1 for units that a member has, 0 for its padding: `[members, 1, features]`. It is there
    /// where padding would not stay 0 by itself.
    mask: Option<Tensor<B, 3>>,
}

impl<B: Backend> Activated<B> {
    /// The activation stages of each member, the widest of which has so many features.
    ///
    /// # Panics
    /// When a stage is another than an activation.
    pub(super) fn new(own: &[Stage], widest: usize, device: &B::Device) -> Self {
        let own = own.iter().map(|&stage| match stage {
            Stage::Activation { function, features } => (function, features),
            other => panic!("{other:?} is no activation"),
        });
        let (functions, features): (Vec<_>, Vec<_>) = own.unzip();
        let segment = |(function, members): (Activation, Range<usize>)| Segment {
            function,
            mask: match activation::keeps_zero(function) {
                true => None,
                false => live(&features[members.clone()], widest, device),
            },
            members,
        };
        Self(segments(functions).into_iter().map(segment).collect())
    }

    /// The function, where all members have the same and nothing is masked.
    pub(super) fn only(&self) -> Option<Activation> {
        match &self.0[..] {
            [
                Segment {
                    function,
                    mask: None,
                    ..
                },
            ] => Some(*function),
            _ => None,
        }
    }

    /// Applies each member's function: `[members, batch, features]`.
    pub(super) fn predict(&self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        if let Some(function) = self.only() {
            return activation::forward(function, input);
        }
        let parts = self.0.iter();
        stack(
            parts
                .map(|segment| segment.apply(part(&input, &segment.members)))
                .collect(),
        )
    }

    /// Applies each member's function; and what the backward pass needs, one tensor for each
    /// segment whose function is not the identity.
    pub(super) fn forward(&self, input: Tensor<B, 3>) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let mut kept = Vec::with_capacity(self.0.len());
        let mut outputs = Vec::with_capacity(self.0.len());
        let is_one = self.0.len() == 1;
        let mut input = Some(input);
        for segment in &self.0 {
            let own = match is_one {
                true => input.take(),
                false => input.as_ref().map(|input| part(input, &segment.members)),
            };
            let own = own.expect("taken by a single segment only");
            let keeps_input = activation::keeps_input(segment.function);
            if keeps_input {
                kept.push(own.clone());
            }
            let output = segment.apply(own);
            if !keeps_input && segment.function != Activation::Identity {
                kept.push(output.clone());
            }
            outputs.push(output);
        }
        (stack(outputs), kept)
    }

    /// The gradient of what went in, given what [`Activated::forward`] kept and the gradient of
    /// what came out. Of padding it is 0, as that of what came out is.
    pub(super) fn backward(
        &self,
        kept: &mut impl Iterator<Item = Tensor<B, 3>>,
        gradient: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        let mut of = |function: Activation, gradient: Tensor<B, 3>| match function {
            Activation::Identity => gradient,
            _ => {
                let kept = kept.next().expect("kept by the forward pass");
                activation::backward(function, kept, gradient)
            }
        };
        if let [segment] = &self.0[..] {
            return of(segment.function, gradient);
        }
        let parts = self.0.iter();
        stack(
            parts
                .map(|segment| of(segment.function, part(&gradient, &segment.members)))
                .collect(),
        )
    }
}

impl<B: Backend> Segment<B> {
    /// The function of `input`, which is of this segment's members.
    fn apply(&self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        let output = activation::forward(self.function, input);
        match &self.mask {
            None => output,
            Some(mask) => output * mask.clone(),
        }
    }
}
