//! Dropout (Srivastava et al. 2014), as `torch.nn.Dropout`.

use crate::backend::Backend;
use crate::stages::definition::Definition;
use crate::stages::dropout_noise::{DropoutNoise, DropoutSite};
use crate::stages::graph::StageNode;
use crate::stages::layer_context::LayerContext;
use crate::stages::module_tensors::ModuleTensors;
use crate::stages::operation::{BackwardPass, ForwardPass, Gradients, Operation};
use crate::stages::sample_shape::SampleShape;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

/// Dropout, during training. Its rate is not part of it, so that members with different rates can be stacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dropout {
    /// Its position in the model.
    pub site: DropoutSite,
    /// Values of one sample.
    pub features: usize,
}

/// `torch.nn.Dropout`. Drops values in training, and has no effect afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DropoutLayer {
    /// The probability that a value is dropped.
    rate: f64,
}

impl Definition for Dropout {
    const PYTORCH: &'static str = "`Dropout`, while training";
    const FIELDS: &'static str = "`rate`";

    type Layer = DropoutLayer;
    type Record = ();
    type Operation<B: Backend> = DropoutOperation;

    fn features(self) -> usize {
        self.features
    }

    fn enclosing(self, other: Self) -> Option<Self> {
        (self.site == other.site).then_some(Self {
            site: self.site,
            features: self.features.max(other.features),
        })
    }

    fn node(self) -> StageNode {
        StageNode::new("dropout", "Dropout")
    }

    fn layer(self, context: LayerContext) -> Option<DropoutLayer> {
        let rate = context.dropout_rate;
        (rate != 0.0).then_some(DropoutLayer { rate })
    }

    fn from_layer(_: &DropoutLayer, _: SampleShape) -> Result<Option<Self>, String> {
        Ok(None)
    }

    fn record(self, _: &mut ModuleTensors<'_>) {}

    fn operation<B: Backend>(_: &[Self], enclosing: Self, _: &B::Device) -> DropoutOperation {
        DropoutOperation(enclosing.site)
    }
}

/// Multiplies by 0, or by 1/(1 − rate).
#[derive(Clone, Copy, Debug)]
pub(crate) struct DropoutOperation(DropoutSite);

impl<B: Backend> Operation<B> for DropoutOperation {
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        _: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3> {
        input
    }

    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        _: &[Tensor<B, 3>],
        pass: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let [_, batch, features] = input.dims();
        let device = input.device();
        let of_site =
            |noise: &mut &mut DropoutNoise| noise.factors(self.0, [batch, features], &device);
        match pass.noise.as_mut().and_then(of_site) {
            Some(factors) => (input * factors.clone(), vec![factors]),
            None => (input, Vec::new()),
        }
    }

    fn backward(
        &mut self,
        tensors: Vec<Tensor<B, 3>>,
        gradient: Tensor<B, 3>,
        _: &[Tensor<B, 3>],
        _: &mut BackwardPass<B>,
    ) -> Gradients<B> {
        let factors = tensors.into_iter().next();
        let of_input = match factors {
            Some(factors) => gradient * factors,
            None => gradient,
        };
        (Some(of_input), None)
    }
}
