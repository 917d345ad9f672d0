//! An activation stage of a cohort, whose members may have different functions.

use super::activation;
use super::padding::unit_mask;
use super::segments::{concat_members, narrow_members, segments};
use crate::backend::Backend;
use crate::spec::{Activation, Stage};
use burn::tensor::Tensor;
use std::ops::Range;

/// The activation functions of all members, one for each segment.
#[derive(Clone, Debug)]
pub(super) struct ActivationStage<B: Backend>(Vec<Segment<B>>);

/// Adjacent members with one function.
#[derive(Clone, Debug)]
struct Segment<B: Backend> {
    function: Activation,
    members: Range<usize>,
    /// 1 for units that a member has, 0 for its padding: `[members, 1, features]`. `None` if padding
    /// stays 0 without it.
    mask: Option<Tensor<B, 3>>,
}

impl<B: Backend> ActivationStage<B> {
    /// The activation stages of each member. The widest has `max_features` features.
    ///
    /// # Panics
    /// If a stage is not an activation.
    pub(super) fn new(stages: &[Stage], max_features: usize, device: &B::Device) -> Self {
        let activations = stages.iter().map(|&stage| match stage {
            Stage::Activation { function, features } => (function, features),
            other => panic!("{other:?} is not an activation"),
        });
        let (functions, features): (Vec<_>, Vec<_>) = activations.unzip();
        let segment = |(function, members): (Activation, Range<usize>)| Segment {
            function,
            mask: if activation::maps_zero_to_zero(function) {
                None
            } else {
                unit_mask(&features[members.clone()], max_features, device)
            },
            members,
        };
        Self(segments(functions).into_iter().map(segment).collect())
    }

    /// The function, if all members have the same and no mask is needed.
    pub(super) fn single_function(&self) -> Option<Activation> {
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
        if let Some(function) = self.single_function() {
            return activation::forward(function, input);
        }
        let parts = self.0.iter();
        concat_members(
            parts
                .map(|segment| segment.apply(narrow_members(&input, &segment.members)))
                .collect(),
        )
    }

    /// Applies each member's function. Also returns the tensors that the backward pass needs: one for
    /// each segment whose function is not the identity.
    pub(super) fn forward(&self, input: Tensor<B, 3>) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let mut cached = Vec::with_capacity(self.0.len());
        let mut outputs = Vec::with_capacity(self.0.len());
        let is_single = self.0.len() == 1;
        let mut input = Some(input);
        for segment in &self.0 {
            let segment_input = if is_single {
                input.take()
            } else {
                input
                    .as_ref()
                    .map(|input| narrow_members(input, &segment.members))
            };
            let segment_input = segment_input.expect("taken by a single segment only");
            let caches_input = activation::caches_input(segment.function);
            if caches_input {
                cached.push(segment_input.clone());
            }
            let output = segment.apply(segment_input);
            if !caches_input && segment.function != Activation::Identity {
                cached.push(output.clone());
            }
            outputs.push(output);
        }
        (concat_members(outputs), cached)
    }

    /// The gradient of the input, given the tensors cached by [`ActivationStage::forward`] and the gradient
    /// of the output. It is 0 for padding, because the gradient of the output is.
    pub(super) fn backward(
        &self,
        cached: &mut impl Iterator<Item = Tensor<B, 3>>,
        gradient: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        let mut of = |function: Activation, gradient: Tensor<B, 3>| match function {
            Activation::Identity => gradient,
            _ => {
                let cached = cached.next().expect("cached by the forward pass");
                activation::backward(function, cached, gradient)
            }
        };
        if let [segment] = &self.0[..] {
            return of(segment.function, gradient);
        }
        let parts = self.0.iter();
        concat_members(
            parts
                .map(|segment| {
                    of(
                        segment.function,
                        narrow_members(&gradient, &segment.members),
                    )
                })
                .collect(),
        )
    }
}

impl<B: Backend> Segment<B> {
    /// Applies the function to the input of this segment's members.
    fn apply(&self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        let output = activation::forward(self.function, input);
        match &self.mask {
            None => output,
            Some(mask) => output * mask.clone(),
        }
    }
}
