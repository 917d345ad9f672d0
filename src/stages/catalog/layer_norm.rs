//! Layer norm of every member of a cohort (Ba et al. 2016), as `torch.nn.LayerNorm` over all
//! values of a sample.

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
use crate::values::tagged_variant::tagged_variant;
use burn::backend::Flex;
use burn::nn::LayerNormConfig;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

tagged_variant! {
    /// Normalises each sample over all its units (Ba et al. 2016; `torch.nn.LayerNorm`).
    pub struct LayerNormChoice = "layer" {}
}

impl NormChoice for LayerNormChoice {
    type Stage = LayerNorm;

    fn stage(&self, units: usize, positions: usize) -> LayerNorm {
        LayerNorm {
            features: units * positions,
        }
    }

    fn check(&self, layers: &[LayerOutputs]) -> Result<(), NormConflict> {
        let is_single = |outputs: &&LayerOutputs| outputs.units * outputs.positions == 1;
        let Some(outputs) = layers.iter().find(is_single) else {
            return Ok(());
        };
        Err(NormConflict {
            key: outputs.key(),
            message: format!(
                "layer norm has only one value to normalise in {}, which would always become 0",
                outputs.layer()
            ),
            help: format!("set a larger {}, or model.norm: none", outputs.key()),
        })
    }
}

/// Normalisation over each sample. It is not padded, because the mean would include the padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LayerNorm {
    /// Values of one sample.
    pub features: usize,
}

/// `torch.nn.LayerNorm` over all values of a sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerNormLayer {
    /// The prefix of its tensors' names.
    name: String,
    /// The shape of a sample.
    shape: Vec<usize>,
    /// Added to the variance to avoid division by zero.
    epsilon: f64,
}

impl Definition for LayerNorm {
    const PREFIX: &'static str = "norm";

    const PYTORCH: &'static str = "`LayerNorm` over the whole sample";
    const FIELDS: &'static str = "`name`, `shape`, `epsilon`";

    type Layer = LayerNormLayer;
    type Record = Stored<burn::nn::LayerNorm<Flex>>;
    type Operation<B: Backend> = LayerNormOperation;

    fn features(self) -> usize {
        self.features
    }

    fn parameters(self) -> Parameters {
        let form = Form::PerValue(self.features);
        smallvec![
            Parameter::constant("weight", form, 1.0),
            Parameter::constant("bias", form, 0.0),
        ]
    }

    fn node(self) -> StageNode {
        StageNode::new("layer_norm", "LayerNorm")
    }

    fn layer(self, context: LayerContext) -> Option<LayerNormLayer> {
        Some(LayerNormLayer {
            name: context.name,
            shape: context.input.shape(),
            epsilon: EPSILON,
        })
    }

    fn from_layer(_: &LayerNormLayer, input: SampleShape) -> Result<Option<Self>, String> {
        Ok(Some(Self {
            features: input.features(),
        }))
    }

    /// Over the flattened image, for images.
    fn record(self, tensors: &mut ModuleTensors<'_>) -> Self::Record {
        let mut module: burn::nn::LayerNorm<Flex> =
            LayerNormConfig::new(self.features).init(&Default::default());
        module.gamma = tensors.param("weight", [self.features]);
        module.beta = Some(tensors.param("bias", [self.features]));
        stored(module)
    }

    fn operation<B: Backend>(_: &[Self], _: Self, _: &B::Device) -> LayerNormOperation {
        LayerNormOperation
    }
}

/// `weight · (x − mean) / √(variance + ε) + bias`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LayerNormOperation;

impl<B: Backend> Operation<B> for LayerNormOperation {
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3> {
        normalise(input, parameters).0
    }

    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let (output, cached) = normalise(input, parameters);
        (output, cached.into())
    }

    fn backward(
        &mut self,
        tensors: Vec<Tensor<B, 3>>,
        output_gradient: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut BackwardPass<B>,
    ) -> Gradients<B> {
        let [normalised, scale] = cached(tensors);
        let bias_gradient = output_gradient.clone().sum_dim(1);
        let weight_gradient = (output_gradient.clone() * normalised.clone()).sum_dim(1);
        let gradient = output_gradient * parameters[0].clone();
        let of_input = row_gradient(gradient, normalised, scale);
        let of_parameters = StageGradient::Values(smallvec![weight_gradient, bias_gradient]);
        (Some(of_input), Some(of_parameters))
    }
}

/// Normalises each sample. Also returns the tensors that the backward pass needs: the normalised values and
/// 1/√(variance + ε). `input` is `[members, batch, features]`.
fn normalise<B: Backend>(
    input: Tensor<B, 3>,
    parameters: &[Tensor<B, 3>],
) -> (Tensor<B, 3>, [Tensor<B, 3>; 2]) {
    let [normalised, scale] = normalise_rows(input);
    let output = normalised.clone() * parameters[0].clone() + parameters[1].clone();
    (output, [normalised, scale])
}
