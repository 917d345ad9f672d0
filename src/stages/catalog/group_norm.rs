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
use crate::stages::row_norm::{normalise_rows, row_gradient};
use crate::stages::sample_shape::SampleShape;
use crate::values::number::Count;
use crate::values::tagged_variant::tagged_variant;
use burn::backend::Flex;
use burn::nn::GroupNormConfig;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

tagged_variant! {
    /// Normalises each sample in groups of adjacent units (in a convolution, of channels) (Wu and He 2018;
    /// `torch.nn.GroupNorm`).
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

    fn check(&self, layers: &[LayerOutputs]) -> Result<(), NormConflict> {
        let groups = self.groups.get();
        // The norm of a single value is 0, whatever the value.
        let suits = |outputs: &LayerOutputs, groups: usize| {
            outputs.units.is_multiple_of(groups) && outputs.units / groups * outputs.positions > 1
        };
        let Some(outputs) = layers.iter().find(|outputs| !suits(outputs, groups)) else {
            return Ok(());
        };
        let (units, kind, layer) = (outputs.units, outputs.kind(), outputs.layer());
        let is_split = units.is_multiple_of(groups);
        let message = if is_split {
            format!(
                "group norm with `groups` {groups} has one value per group in {layer} ({units} {kind}), which \
                 would always become 0"
            )
        } else {
            format!("group norm cannot split the {units} {kind} of {layer} into {groups} equal groups")
        };
        let key = outputs.key();
        let mut help = format!("make {key} a multiple of {groups}");
        if outputs.positions == 1 {
            help.push_str(&format!(" greater than {groups}"));
        }
        let of_all = |fewer: &usize| layers.iter().all(|outputs| suits(outputs, *fewer));
        if let Some(fewer) = (1..groups).rev().find(of_all) {
            help = format!("set model.norm: {{ group: {{ groups: {fewer} }} }}, or {help}");
        }
        Err(NormConflict { key, message, help })
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
    /// A row for each group of each sample: `[members, batch·groups, pixels·units of a group]`.
    ///
    /// Sums over long rows are much faster than sums over the few units of a group at each pixel.
    fn rows<B: Backend>(self, tensor: Tensor<B, 3>) -> Tensor<B, 3> {
        let [members, batch, features] = tensor.dims();
        let [positions, groups, units] = self.dims();
        let by_group = tensor
            .reshape([members, batch, positions, groups, units])
            .swap_dims(2, 3);
        by_group.reshape([members, batch * groups, features / groups])
    }

    /// The samples of which [`rows`](Self::rows) made these rows: `[members, batch, features]`.
    fn samples<B: Backend>(self, rows: Tensor<B, 3>) -> Tensor<B, 3> {
        let [members, count, values] = rows.dims();
        let [positions, groups, units] = self.dims();
        let by_pixel = rows
            .reshape([members, count / groups, groups, positions, units])
            .swap_dims(2, 3);
        by_pixel.reshape([members, count / groups, groups * values])
    }

    /// Pixels, groups, and units of a group.
    fn dims(self) -> [usize; 3] {
        let GroupNorm {
            groups,
            units,
            positions,
        } = self.0;
        [positions, groups, units / groups]
    }

    /// One row for each pixel of each sample: `[members, batch·positions, units]`.
    fn pixels<B: Backend>(self, samples: Tensor<B, 3>) -> Tensor<B, 3> {
        let [members, batch, _] = samples.dims();
        samples.reshape([members, batch * self.0.positions, self.0.units])
    }

    /// `weight · values + bias`: `[members, batch, features]`.
    fn scaled<B: Backend>(self, values: Tensor<B, 3>, parameters: &[Tensor<B, 3>]) -> Tensor<B, 3> {
        let shape = values.dims();
        let pixels = self.pixels(values) * parameters[0].clone() + parameters[1].clone();
        pixels.reshape(shape)
    }
}

impl<B: Backend> Operation<B> for GroupNormOperation {
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3> {
        let [normalised, _] = normalise_rows(self.rows(input));
        self.scaled(self.samples(normalised), parameters)
    }

    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let [normalised, scale] = normalise_rows(self.rows(input));
        let normalised = self.samples(normalised);
        (self.scaled(normalised.clone(), parameters), vec![normalised, scale])
    }

    fn backward(
        &mut self,
        tensors: Vec<Tensor<B, 3>>,
        output_gradient: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut BackwardPass<B>,
    ) -> Gradients<B> {
        let [normalised, scale] = cached(tensors);
        let shape = output_gradient.dims();
        let of_pixels = self.pixels(output_gradient);
        let products = of_pixels.clone() * self.pixels(normalised.clone());
        let of_parameters = smallvec![products.sum_dim(1), of_pixels.clone().sum_dim(1)];
        let gradient = (of_pixels * parameters[0].clone()).reshape(shape);
        let of_rows = row_gradient(self.rows(gradient), self.rows(normalised), scale);
        (
            Some(self.samples(of_rows)),
            Some(StageGradient::Values(of_parameters)),
        )
    }
}
