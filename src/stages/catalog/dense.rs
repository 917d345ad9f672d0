//! A fully connected layer, as `torch.nn.Linear`.

use crate::backend::Backend;
use crate::stages::definition::Definition;
use crate::stages::gradient::StageGradient;
use crate::stages::graph::StageNode;
use crate::stages::layer_context::LayerContext;
use crate::stages::module_tensors::{ModuleTensors, Stored, stored};
use crate::stages::operation::{BackwardPass, ForwardPass, Gradients, Operation, cached};
use crate::stages::parameter::{Form, Parameter, Parameters};
use crate::stages::sample_shape::{SampleShape, checked_outputs};
use burn::nn::Linear;
use burn::backend::Flex;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

/// A fully connected layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dense {
    /// Input values.
    pub inputs: usize,
    /// Output values.
    pub outputs: usize,
}

/// `torch.nn.Linear`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DenseLayer {
    /// The prefix of its tensors' names.
    name: String,
    /// Input features.
    inputs: usize,
    /// Output features.
    outputs: usize,
}

impl Definition for Dense {
    const IS_LAYER: bool = true;
    const PREFIX: &'static str = "layer";
    const NEEDS_ROWS: bool = true;

    const PYTORCH: &'static str = "`Linear`";
    const FIELDS: &'static str = "`name`, `inputs`, `outputs`";

    type Layer = DenseLayer;
    type Record = Stored<Linear<Flex>>;
    type Operation<B: Backend> = DenseOperation;

    fn features(self) -> usize {
        self.outputs
    }

    fn output(self, _: SampleShape) -> SampleShape {
        SampleShape::Row(self.outputs)
    }

    fn parameters(self) -> Parameters {
        let form = Form::Matrix {
            inputs: self.inputs,
            outputs: self.outputs,
        };
        smallvec![
            Parameter::weight(form, self.outputs),
            Parameter::bias(self.outputs),
        ]
    }

    fn flop(self) -> f64 {
        2.0 * self.inputs as f64 * self.outputs as f64
    }

    fn enclosing(self, other: Self) -> Option<Self> {
        Some(Self {
            inputs: self.inputs.max(other.inputs),
            outputs: self.outputs.max(other.outputs),
        })
    }

    fn node(self) -> StageNode {
        StageNode::new("dense", "Linear")
    }

    fn layer(self, context: LayerContext) -> Option<DenseLayer> {
        Some(DenseLayer {
            name: context.name,
            inputs: self.inputs,
            outputs: self.outputs,
        })
    }

    fn from_layer(layer: &DenseLayer, input: SampleShape) -> Result<Option<Self>, String> {
        Ok(Some(Self {
            inputs: input.features(),
            outputs: checked_outputs(layer.outputs)?,
        }))
    }

    fn record(self, tensors: &mut ModuleTensors<'_>) -> Self::Record {
        let weight = tensors.tensor("weight", [self.outputs, self.inputs]);
        stored(Linear {
            weight: tensors.initialised(weight.transpose()),
            bias: Some(tensors.param("bias", [self.outputs])),
        })
    }

    fn operation<B: Backend>(_: &[Self], _: Self, _: &B::Device) -> DenseOperation {
        DenseOperation
    }
}

/// `input · weight + bias`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DenseOperation;

impl<B: Backend> Operation<B> for DenseOperation {
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3> {
        B::dense(input, &parameters[0], &parameters[1])
    }

    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let output = B::dense(input.clone(), &parameters[0], &parameters[1]);
        (output, vec![input])
    }

    fn backward(
        &mut self,
        tensors: Vec<Tensor<B, 3>>,
        gradient: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        pass: &mut BackwardPass<B>,
    ) -> Gradients<B> {
        let [input] = cached(tensors);
        let of_parameters = StageGradient::Linear {
            input,
            output: gradient.clone(),
        };
        let of_input = pass
            .needs_input_gradient
            .then(|| B::product(gradient, parameters[0].clone().swap_dims(1, 2)));
        (of_input, Some(of_parameters))
    }
}
