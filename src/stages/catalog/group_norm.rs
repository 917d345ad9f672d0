//! Group norm of every member of a cohort (Wu and He 2018), as `torch.nn.GroupNorm`.

use super::batch_norm::EPSILON;
use crate::backend::Backend;
use crate::stages::choice::{LayerOutputs, NormChoice, NormConflict};
use crate::stages::definition::Definition;
use crate::stages::gradient::StageGradient;
use crate::stages::graph::StageNode;
use crate::stages::layer_context::LayerContext;
use crate::stages::module_tensors::{ModuleTensors, Stored, stored};
use crate::stages::operation::{BackwardPass, ForwardPass, Gradients, Operation, cached};
use crate::stages::parameter::{Form, Parameter, Parameters};
use crate::stages::sample_shape::SampleShape;
use crate::values::number::Count;
use crate::values::tagged_variant::tagged_variant;
use burn::backend::Flex;
use burn::nn::GroupNormConfig;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

tagged_variant! {
    /// Normalises each sample in groups of adjacent units (in a convolution, of channels) (Wu and He 2018; `torch.nn.GroupNorm`).
    pub struct GroupNormChoice = "group" {
        /// The number of groups.
        groups: Count = Count::constant(8),
    }
}

impl NormChoice for GroupNormChoice {
    type Stage = GroupNorm;

    fn stage(&self, units: usize, positions: usize) -> GroupNorm {
        GroupNorm {
            groups: self.groups.get(),
            units,
            positions,
        }
    }

    fn check(&self, outputs: &LayerOutputs) -> Result<(), NormConflict> {
        let groups = self.groups.get();
        let (units, kind, layer) = (outputs.units, outputs.kind(), &outputs.layer);
        // The norm of a single value is 0, whatever the value.
        let suits = |groups: usize| {
            units.is_multiple_of(groups) && units / groups * outputs.positions > 1
        };
        if suits(groups) {
            return Ok(());
        }
        let message = if units.is_multiple_of(groups) {
            format!(
                "group norm with `groups` {groups} has one value per group in {layer} ({units} {kind}), so \
                 that each normalised value would be 0"
            )
        } else {
            format!("group norm cannot split the {units} {kind} of {layer} into {groups} equal groups")
        };
        let fewer = (1..groups.min(units)).rev().find(|&fewer| suits(fewer));
        let key = outputs.key();
        let help = match fewer {
            Some(fewer) => format!(
                "set model.norm: {{ group: {{ groups: {fewer} }} }}, or a larger multiple of {groups} in {key}"
            ),
            None => format!("set a larger multiple of {groups} in {key}, or model.norm: none"),
        };
        Err(NormConflict { message, help })
    }
}

/// Normalisation over groups of units of each sample. It is not padded, because that would change the groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GroupNorm {
    /// The number of groups.
    groups: usize,
    /// Units of a dense layer, or channels of an image.
    units: usize,
    /// Pixels of an image; 1 after a dense layer.
    positions: usize,
}

/// `torch.nn.GroupNorm`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupNormLayer {
    /// The prefix of its tensors' names.
    name: String,
    /// The number of groups.
    groups: usize,
    /// Units of a dense layer, or channels of an image.
    units: usize,
    /// Added to the variance to avoid division by zero.
    epsilon: f64,
}

impl Definition for GroupNorm {
    const PREFIX: &'static str = "norm";

    const PYTORCH: &'static str = "`GroupNorm`";
    const FIELDS: &'static str = "`name`, `groups`, `units`, `epsilon`";

    type Layer = GroupNormLayer;
    type Record = Stored<burn::nn::GroupNorm<Flex>>;
    type Operation<B: Backend> = GroupNormOperation;

    fn features(self) -> usize {
        self.units * self.positions
    }

    fn parameters(self) -> Parameters {
        let form = Form::PerUnit(self.units);
        smallvec![
            Parameter::constant("weight", form, 1.0),
            Parameter::constant("bias", form, 0.0),
        ]
    }

    fn node(self) -> StageNode {
        StageNode {
            attributes: vec![("groups", self.groups.to_string())],
            ..StageNode::new("group_norm", "GroupNorm")
        }
    }

    fn layer(self, context: LayerContext) -> Option<GroupNormLayer> {
        Some(GroupNormLayer {
            name: context.name,
            groups: self.groups,
            units: self.units,
            epsilon: EPSILON,
        })
    }

    fn from_layer(layer: &GroupNormLayer, input: SampleShape) -> Result<Option<Self>, String> {
        let (groups, units) = (layer.groups, input.units());
        if groups == 0 || !units.is_multiple_of(groups) {
            return Err(format!("{units} units cannot be split into {groups} equal groups"));
        }
        Ok(Some(Self {
            groups,
            units,
            positions: input.features() / units.max(1),
        }))
    }

    fn record(self, tensors: &mut ModuleTensors<'_>) -> Self::Record {
        let config = GroupNormConfig::new(self.groups, self.units);
        let mut module: burn::nn::GroupNorm<Flex> = config.init(&Default::default());
        module.gamma = Some(tensors.param("weight", [self.units]));
        module.beta = Some(tensors.param("bias", [self.units]));
        stored(module)
    }

    fn operation<B: Backend>(_: &[Self], shape: Self, _: &B::Device) -> GroupNormOperation {
        GroupNormOperation(shape)
    }
}

/// `weight · (x − mean) / √(variance + ε) + bias`, with the mean and variance of each group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GroupNormOperation(GroupNorm);

impl GroupNormOperation {
    /// The normalised values, and 1/√(variance + ε) of each group.
    fn normalise<B: Backend>(self, input: Tensor<B, 3>) -> [Tensor<B, 5>; 2] {
        let values = self.groups(input);
        let centred = values.clone() - group_mean(values);
        let variance = group_mean(centred.clone() * centred.clone());
        let scale = variance.add_scalar(EPSILON).sqrt().recip();
        [centred * scale.clone(), scale]
    }

    /// The values of each group: `[members, batch, positions, groups, units of a group]`.
    fn groups<B: Backend>(self, tensor: Tensor<B, 3>) -> Tensor<B, 5> {
        let [members, batch, _] = tensor.dims();
        let GroupNorm {
            groups,
            units,
            positions,
        } = self.0;
        tensor.reshape([members, batch, positions, groups, units / groups])
    }

    /// One row for each pixel of each sample: `[members, batch·positions, units]`.
    fn rows<B: Backend, const D: usize>(self, tensor: Tensor<B, D>) -> Tensor<B, 3> {
        let dims = tensor.dims();
        tensor.reshape([dims[0], dims[1] * self.0.positions, self.0.units])
    }

    /// `weight · values + bias`: `[members, batch, positions·units]`.
    fn scaled<B: Backend>(
        self,
        values: Tensor<B, 5>,
        parameters: &[Tensor<B, 3>],
    ) -> Tensor<B, 3> {
        let [members, batch, ..] = values.dims();
        let rows = self.rows(values) * parameters[0].clone() + parameters[1].clone();
        rows.reshape([members, batch, self.0.positions * self.0.units])
    }
}

impl<B: Backend> Operation<B> for GroupNormOperation {
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3> {
        let [normalised, _] = self.normalise(input);
        self.scaled(normalised, parameters)
    }

    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let [members, batch, features] = input.dims();
        let [normalised, scale] = self.normalise(input);
        let output = self.scaled(normalised.clone(), parameters);
        let flat = normalised.reshape([members, batch, features]);
        (output, vec![flat, scale.reshape([members, batch, self.0.groups])])
    }

    fn backward(
        &mut self,
        tensors: Vec<Tensor<B, 3>>,
        output_gradient: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut BackwardPass<B>,
    ) -> Gradients<B> {
        let [normalised, scale] = cached(tensors);
        let [members, batch, features] = output_gradient.dims();
        let gradient_rows = self.rows(output_gradient);
        let products = gradient_rows.clone() * self.rows(normalised.clone());
        let of_weight = products.sum_dim(1);
        let of_bias = gradient_rows.clone().sum_dim(1);
        let gradient = gradient_rows * parameters[0].clone();
        let gradient = self.groups(gradient.reshape([members, batch, features]));
        let normalised = self.groups(normalised);
        let scale = scale.reshape([members, batch, 1, self.0.groups, 1]);
        // The mean and variance of a group depend on each of its values.
        let through_mean = group_mean(gradient.clone());
        let through_variance =
            normalised.clone() * group_mean(gradient.clone() * normalised);
        let of_input = (gradient - through_mean - through_variance) * scale;
        let of_parameters = StageGradient::Values(smallvec![of_weight, of_bias]);
        (
            Some(of_input.reshape([members, batch, features])),
            Some(of_parameters),
        )
    }
}

/// The mean of each group: `[members, batch, 1, groups, 1]`.
fn group_mean<B: Backend>(values: Tensor<B, 5>) -> Tensor<B, 5> {
    values.mean_dim(4).mean_dim(2)
}
