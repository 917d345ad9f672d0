//! An activation of a cohort, whose members may have different functions.

use crate::backend::Backend;
use crate::stages::activation_function::{self, ActivationFunction};
use crate::stages::definition::Definition;
use crate::stages::graph::StageNode;
use crate::stages::layer_context::LayerContext;
use crate::stages::module_tensors::ModuleTensors;
use crate::stages::operation::{BackwardPass, ForwardPass, Gradients, Operation};
use crate::stages::sample_shape::SampleShape;
use crate::stages::segments::{concat_members, narrow_members, segments};
use burn::tensor::{Tensor, TensorData};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// An activation function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ActivationStage {
    /// The function.
    pub function: ActivationFunction,
    /// Values of one sample.
    pub features: usize,
}

/// An activation function of each value, with the default settings of `torch.nn`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivationLayer {
    /// Its name in sweep files.
    function: String,
}

impl Definition for ActivationStage {
    const PYTORCH: &'static str = "the function of that name, with PyTorch's defaults";
    const FIELDS: &'static str = "`function`";

    type Layer = ActivationLayer;
    type Record = ();
    type Operation<B: Backend> = ActivationOperation<B>;

    fn features(self) -> usize {
        self.features
    }

    /// Without the function, which may differ between members.
    fn stacking_shape(self) -> Self {
        Self {
            function: ActivationFunction::Identity,
            ..self
        }
    }

    fn enclosing(self, other: Self) -> Option<Self> {
        Some(Self {
            function: self.function,
            features: self.features.max(other.features),
        })
    }

    fn node(self) -> StageNode {
        StageNode::new("activation", self.function.name())
    }

    fn layer(self, _: LayerContext) -> Option<ActivationLayer> {
        Some(ActivationLayer {
            function: self.function.name().to_owned(),
        })
    }

    fn from_layer(layer: &ActivationLayer, input: SampleShape) -> Result<Option<Self>, String> {
        let function = layer.function.as_str();
        let named = |known: &&ActivationFunction| known.name() == function;
        let found = ActivationFunction::ALL.iter().find(named);
        Ok(Some(Self {
            function: *found.ok_or_else(|| format!("unknown activation {function}"))?,
            features: input.features(),
        }))
    }

    fn record(self, _: &mut ModuleTensors<'_>) {}

    fn operation<B: Backend>(
        members: &[Self],
        enclosing: Self,
        device: &B::Device,
    ) -> ActivationOperation<B> {
        let functions = members.iter().map(|member| member.function);
        let features: Vec<_> = members.iter().map(|member| member.features).collect();
        let segment = |(function, members): (ActivationFunction, Range<usize>)| Segment {
            function,
            mask: if activation_function::maps_zero_to_zero(function) {
                None
            } else {
                unit_mask(&features[members.clone()], enclosing.features, device)
            },
            members,
        };
        ActivationOperation(segments(functions).into_iter().map(segment).collect())
    }
}

/// The activation functions of all members, one for each segment.
#[derive(Clone, Debug)]
pub(crate) struct ActivationOperation<B: Backend>(Vec<Segment<B>>);

/// Adjacent members with one function.
#[derive(Clone, Debug)]
struct Segment<B: Backend> {
    function: ActivationFunction,
    members: Range<usize>,
    /// 1 for units that a member has, 0 for its padding: `[members, 1, features]`. `None` if padding
    /// stays 0 without it.
    mask: Option<Tensor<B, 3>>,
}

impl<B: Backend> ActivationOperation<B> {
    /// The function, if all members have the same and no mask is needed.
    pub(crate) fn single_function(&self) -> Option<ActivationFunction> {
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
}

impl<B: Backend> Operation<B> for ActivationOperation<B> {
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        _: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3> {
        if let Some(function) = self.single_function() {
            return activation_function::forward(function, input);
        }
        let parts = self.0.iter();
        concat_members(
            parts
                .map(|segment| segment.apply(narrow_members(&input, &segment.members)))
                .collect(),
        )
    }

    /// Caches a tensor for each segment whose function is not the identity.
    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        _: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
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
            let caches_input = activation_function::caches_input(segment.function);
            if caches_input {
                cached.push(segment_input.clone());
            }
            let output = segment.apply(segment_input);
            if !caches_input && segment.function != ActivationFunction::Identity {
                cached.push(output.clone());
            }
            outputs.push(output);
        }
        (concat_members(outputs), cached)
    }

    fn backward(
        &mut self,
        tensors: Vec<Tensor<B, 3>>,
        gradient: Tensor<B, 3>,
        _: &[Tensor<B, 3>],
        _: &mut BackwardPass<B>,
    ) -> Gradients<B> {
        let mut cached = tensors.into_iter();
        let mut of = |function: ActivationFunction, gradient: Tensor<B, 3>| match function {
            ActivationFunction::Identity => gradient,
            _ => {
                let cached = cached.next().expect("cached by the forward pass");
                activation_function::backward(function, cached, gradient)
            }
        };
        if let [segment] = &self.0[..] {
            return (Some(of(segment.function, gradient)), None);
        }
        let of_segment = |segment: &Segment<B>| {
            of(
                segment.function,
                narrow_members(&gradient, &segment.members),
            )
        };
        let parts = self.0.iter().map(of_segment).collect();
        (Some(concat_members(parts)), None)
    }
}

impl<B: Backend> Segment<B> {
    /// Applies the function to the input of this segment's members.
    fn apply(&self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        let output = activation_function::forward(self.function, input);
        match &self.mask {
            None => output,
            Some(mask) => output * mask.clone(),
        }
    }
}

/// 1 for each feature that a member has and 0 for its padding: `[members, 1, max_features]`; `None` if
/// no member is padded.
fn unit_mask<B: Backend>(
    features: &[usize],
    max_features: usize,
    device: &B::Device,
) -> Option<Tensor<B, 3>> {
    if features.iter().all(|&count| count == max_features) {
        return None;
    }
    let mask =
        |&count: &usize| (0..max_features).map(move |feature| f32::from(u8::from(feature < count)));
    let values: Vec<f32> = features.iter().flat_map(mask).collect();
    let shape = [features.len(), 1, max_features];
    Some(Tensor::from_data(TensorData::new(values, shape), device))
}
