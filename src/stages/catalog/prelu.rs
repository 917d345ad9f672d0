//! A rectifier with a learnt slope (He et al. 2015), as `torch.nn.PReLU` with one parameter.

use crate::backend::Backend;
use crate::stages::choice::ActivationChoice;
use crate::stages::definition::Definition;
use crate::stages::gradient::StageGradient;
use crate::stages::graph::StageNode;
use crate::stages::layer_context::LayerContext;
use crate::stages::module_tensors::{ModuleTensors, Stored, stored};
use crate::stages::operation::{BackwardPass, ForwardPass, Gradients, Operation, cached};
use crate::stages::parameter::{Form, Parameter, Parameters};
use crate::stages::sample_shape::SampleShape;
use crate::values::number::Slope;
use crate::values::tagged_variant::tagged_variant;
use burn::backend::Flex;
use burn::nn::PReluConfig;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

tagged_variant! {
    /// x for x > 0, otherwise a·x; each layer learns one slope a (He et al. 2015; `torch.nn.PReLU`).
    pub struct PreluChoice = "prelu" {
        /// The initial slope.
        slope: Slope = Slope::constant(0.25),
    }
}

impl ActivationChoice for PreluChoice {
    type Stage = Prelu;

    fn stage(&self, features: usize) -> Prelu {
        Prelu {
            slope: self.slope,
            features,
        }
    }

    /// That of leaky ReLU with the slope before training.
    fn gain(&self) -> f64 {
        (2.0 / (1.0 + self.slope.get() * self.slope.get())).sqrt()
    }
}

/// An activation with a learnt slope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Prelu {
    /// The initial slope.
    slope: Slope,
    /// Values of one sample.
    features: usize,
}

/// `torch.nn.PReLU(1)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreluLayer {
    /// The prefix of its tensor's name.
    name: String,
}

impl Definition for Prelu {
    const PREFIX: &'static str = "prelu";

    const PYTORCH: &'static str = "`PReLU`, with one slope";
    const FIELDS: &'static str = "`name`";

    type Layer = PreluLayer;
    type Record = Stored<burn::nn::PRelu<Flex>>;
    type Operation<B: Backend> = PreluOperation;

    fn features(self) -> usize {
        self.features
    }

    fn parameters(self) -> Parameters {
        let slope = self.slope.get() as f32;
        smallvec![Parameter::constant("weight", Form::PerUnit(1), slope)]
    }

    /// Members may start from different slopes.
    fn stacking_shape(self) -> Self {
        Self {
            slope: Slope::constant(0.0),
            ..self
        }
    }

    fn enclosing(self, other: Self) -> Option<Self> {
        Some(Self {
            slope: self.slope,
            features: self.features.max(other.features),
        })
    }

    fn node(self) -> StageNode {
        StageNode::new("activation", "PReLU")
    }

    fn layer(self, context: LayerContext) -> Option<PreluLayer> {
        Some(PreluLayer { name: context.name })
    }

    fn from_layer(_: &PreluLayer, input: SampleShape) -> Result<Option<Self>, String> {
        Ok(Some(Self {
            slope: PreluChoice::default().slope,
            features: input.features(),
        }))
    }

    fn record(self, tensors: &mut ModuleTensors<'_>) -> Self::Record {
        let mut module: burn::nn::PRelu<Flex> = PReluConfig::new().init(&Default::default());
        module.alpha = tensors.param("weight", [1]);
        stored(module)
    }

    fn operation<B: Backend>(_: &[Self], _: Self, _: &B::Device) -> PreluOperation {
        PreluOperation
    }
}

/// `max(x, 0) + a·min(x, 0)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PreluOperation;

impl<B: Backend> Operation<B> for PreluOperation {
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3> {
        let below = input.clone() * parameters[0].clone();
        select_by_sign(&input, input.clone(), below)
    }

    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        pass: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let output = self.predict(input.clone(), parameters, pass);
        (output, vec![input])
    }

    fn backward(
        &mut self,
        tensors: Vec<Tensor<B, 3>>,
        gradient: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut BackwardPass<B>,
    ) -> Gradients<B> {
        let [input] = cached(tensors);
        let of_slope = (gradient.clone() * input.clone().clamp_max(0.0))
            .sum_dim(2)
            .sum_dim(1);
        let below = gradient.clone() * parameters[0].clone();
        let of_input = select_by_sign(&input, gradient, below);
        (Some(of_input), Some(StageGradient::Values(smallvec![of_slope])))
    }
}

/// `above` for positive values of `input`, otherwise `below`. As in PyTorch, 0 is not positive.
fn select_by_sign<B: Backend>(
    input: &Tensor<B, 3>,
    above: Tensor<B, 3>,
    below: Tensor<B, 3>,
) -> Tensor<B, 3> {
    above.mask_where(input.clone().lower_equal_elem(0.0), below)
}
