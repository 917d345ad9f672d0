//! The mean of each channel of an image (Lin et al. 2014), as `torch.nn.AdaptiveAvgPool2d(1)`.

use crate::backend::Backend;
use crate::stages::definition::Definition;
use crate::stages::graph::StageNode;
use crate::stages::layer_context::LayerContext;
use crate::stages::module_tensors::ModuleTensors;
use crate::stages::operation::{BackwardPass, ForwardPass, Gradients, Operation};
use crate::stages::sample_shape::SampleShape;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

/// The mean of each channel of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GlobalPooling {
    /// Pixels of the image.
    pub positions: usize,
    /// Channels of the image.
    pub channels: usize,
}

/// `torch.nn.AdaptiveAvgPool2d(1)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GlobalPoolingLayer {}

impl Definition for GlobalPooling {
    const PYTORCH: &'static str = "`AdaptiveAvgPool2d(1)`";
    const FIELDS: &'static str = "";

    type Layer = GlobalPoolingLayer;
    type Record = ();
    type Operation<B: Backend> = GlobalPoolingOperation;

    fn features(self) -> usize {
        self.channels
    }

    fn output(self, _: SampleShape) -> SampleShape {
        SampleShape::Image([1, 1, self.channels])
    }

    fn node(self) -> StageNode {
        StageNode {
            image: Some([1, 1, self.channels]),
            ..StageNode::new("global_pooling", "AdaptiveAvgPool2d")
        }
    }

    fn layer(self, _: LayerContext) -> Option<GlobalPoolingLayer> {
        Some(GlobalPoolingLayer {})
    }

    fn from_layer(_: &GlobalPoolingLayer, input: SampleShape) -> Result<Option<Self>, String> {
        let [height, width, channels] = input.image("a global pooling layer")?;
        Ok(Some(Self {
            positions: height * width,
            channels,
        }))
    }

    fn record(self, _: &mut ModuleTensors<'_>) {}

    fn operation<B: Backend>(_: &[Self], shape: Self, _: &B::Device) -> GlobalPoolingOperation {
        GlobalPoolingOperation(shape)
    }
}

/// The mean over the pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GlobalPoolingOperation(GlobalPooling);

impl<B: Backend> Operation<B> for GlobalPoolingOperation {
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        _: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3> {
        let [members, batch, _] = input.dims();
        let GlobalPooling {
            positions,
            channels,
        } = self.0;
        input
            .reshape([members * batch, positions, channels])
            .mean_dim(1)
            .reshape([members, batch, channels])
    }

    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        pass: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        (self.predict(input, parameters, pass), Vec::new())
    }

    fn backward(
        &mut self,
        _: Vec<Tensor<B, 3>>,
        gradient: Tensor<B, 3>,
        _: &[Tensor<B, 3>],
        _: &mut BackwardPass<B>,
    ) -> Gradients<B> {
        let share = gradient.div_scalar(self.0.positions as f64);
        (Some(share.repeat_dim(2, self.0.positions)), None)
    }
}
