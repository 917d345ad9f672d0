//! Batch norm of every member of a cohort (Ioffe and Szegedy 2015), as `torch.nn.BatchNorm1d`
//! and, over the pixels of an image, `BatchNorm2d`.

use crate::backend::{Backend, NormedBatch};
use crate::stages::choice::NormChoice;
use crate::stages::definition::Definition;
use crate::stages::gradient::StageGradient;
use crate::stages::graph::StageNode;
use crate::stages::layer_context::LayerContext;
use crate::stages::module_tensors::{ModuleTensors, Stored, stored};
use crate::stages::operation::{BackwardPass, ForwardPass, Gradients, Operation, cached};
use crate::stages::parameter::{Form, Parameter, Parameters};
use crate::stages::sample_shape::SampleShape;
use crate::values::tagged_variant::tagged_variant;
use burn::backend::Flex;
use burn::nn::BatchNormConfig;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

pub use step_kernels::NORM_EPSILON as EPSILON;
use step_kernels::NORM_MOMENTUM as MOMENTUM;

tagged_variant! {
    /// Normalises each unit (in a convolution, each channel) over the batch (Ioffe and Szegedy 2015;
    /// `torch.nn.BatchNorm1d` and `BatchNorm2d`).
    pub struct BatchNormChoice = "batch" {}
}

impl NormChoice for BatchNormChoice {
    const NEEDS_SEVERAL_SAMPLES: bool = true;

    type Stage = BatchNorm;

    fn stage(&self, units: usize, positions: usize) -> BatchNorm {
        BatchNorm { units, positions }
    }
}

/// Normalisation over the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BatchNorm {
    /// Units of a dense layer, or channels of an image.
    pub units: usize,
    /// Pixels of an image; 1 after a dense layer.
    pub positions: usize,
}

/// `torch.nn.BatchNorm2d` for images, otherwise `BatchNorm1d`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchNormLayer {
    /// The prefix of its tensors' names.
    name: String,
    /// Units of a dense layer, or channels of an image.
    units: usize,
    /// Added to the variance to avoid division by zero.
    epsilon: f64,
}

impl Definition for BatchNorm {
    const PREFIX: &'static str = "norm";

    const PYTORCH: &'static str = "`BatchNorm2d` on images, else `BatchNorm1d`";
    const FIELDS: &'static str = "`name`, `units`, `epsilon`";

    type Layer = BatchNormLayer;
    type Record = Box<Stored<burn::nn::BatchNorm<Flex>>>;
    type Operation<B: Backend> = BatchNormOperation<B>;

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

    fn statistics(self) -> Parameters {
        let form = Form::PerUnit(self.units);
        smallvec![
            Parameter::constant("running_mean", form, 0.0),
            Parameter::constant("running_var", form, 1.0),
        ]
    }

    /// Only after dense layers: channels of images are not padded.
    fn enclosing(self, other: Self) -> Option<Self> {
        let is_padded = self.positions == 1 && other.positions == 1;
        (self == other || is_padded).then_some(Self {
            units: self.units.max(other.units),
            ..self
        })
    }

    fn node(self) -> StageNode {
        StageNode::new("batch_norm", "BatchNorm")
    }

    fn layer(self, context: LayerContext) -> Option<BatchNormLayer> {
        Some(BatchNormLayer {
            name: context.name,
            units: self.units,
            epsilon: EPSILON,
        })
    }

    fn from_layer(_: &BatchNormLayer, input: SampleShape) -> Result<Option<Self>, String> {
        let units = input.units();
        Ok(Some(Self {
            units,
            positions: input.features() / units.max(1),
        }))
    }

    fn record(self, tensors: &mut ModuleTensors<'_>) -> Self::Record {
        Box::new(stored(burn::nn::BatchNorm {
            gamma: tensors.param("weight", [self.units]),
            beta: tensors.param("bias", [self.units]),
            running_mean: tensors.running("running_mean", self.units),
            running_var: tensors.running("running_var", self.units),
            ..BatchNormConfig::new(self.units).init(&Default::default())
        }))
    }

    fn operation<B: Backend>(
        members: &[Self],
        enclosing: Self,
        device: &B::Device,
    ) -> BatchNormOperation<B> {
        let shape = [members.len(), 1, enclosing.units];
        BatchNormOperation {
            units: enclosing.units,
            mean: Tensor::zeros(shape, device),
            variance: Tensor::ones(shape, device),
        }
    }
}

/// A batch norm with its running statistics, which replace the batch's statistics in evaluation.
#[derive(Clone, Debug)]
pub(crate) struct BatchNormOperation<B: Backend> {
    units: usize,
    /// `[members, 1, units]`
    mean: Tensor<B, 3>,
    /// `[members, 1, units]`
    variance: Tensor<B, 3>,
}

impl<B: Backend> Operation<B> for BatchNormOperation<B> {
    /// Normalises with the running statistics.
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3> {
        let [_, batch, features] = input.dims();
        let [scale, shift] = self.running_scale_and_shift(&parameters[0], &parameters[1]);
        let rows = self.rows(input) * scale + shift;
        let members = rows.dims()[0];
        rows.reshape([members, batch, features])
    }

    /// Normalises each unit over the batch.
    ///
    /// As in PyTorch, the running variance is unbiased (divided by n − 1), that of the batch is not.
    /// `input` is `[members, batch, pixels·units]`.
    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let shape = input.dims();
        let rows = self.rows(input);
        let count = rows.dims()[1] as f64;
        let NormedBatch {
            output,
            mean,
            variance,
            cache,
        } = B::batch_norm(rows, &parameters[0], &parameters[1], EPSILON);
        self.update_running_statistics([mean, variance], count);
        (output.reshape(shape), cache)
    }

    fn backward(
        &mut self,
        cache: Vec<Tensor<B, 3>>,
        output_gradient: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut BackwardPass<B>,
    ) -> Gradients<B> {
        let shape = output_gradient.dims();
        let gradient = self.rows(output_gradient);
        let (of_input, of_parameters) = B::batch_norm_gradient(gradient, cache, &parameters[0]);
        let of_parameters = StageGradient::Values(of_parameters.into());
        (Some(of_input.reshape(shape)), Some(of_parameters))
    }

    fn statistics(&self) -> Vec<Tensor<B, 3>> {
        vec![self.mean.clone(), self.variance.clone()]
    }

    fn set_statistics(&mut self, statistics: Vec<Tensor<B, 3>>) {
        [self.mean, self.variance] = cached(statistics);
    }
}

impl<B: Backend> BatchNormOperation<B> {
    /// Updates the running statistics with the mean and the biased variance of a batch, `[members, 1, units]`
    /// each, which were computed from `rows` rows.
    pub(crate) fn update_running_statistics(
        &mut self,
        [mean, variance]: [Tensor<B, 3>; 2],
        rows: f64,
    ) {
        // A batch of one sample, which PyTorch rejects, does not update the statistics.
        if rows > 1.0 {
            let share = rows / (rows - 1.0) * MOMENTUM;
            self.mean = B::weighted_sum(self.mean.clone(), 1.0 - MOMENTUM, mean, MOMENTUM);
            self.variance = B::weighted_sum(self.variance.clone(), 1.0 - MOMENTUM, variance, share);
        }
    }

    /// The scale and shift that `predict` applies, from the running statistics, weight and
    /// bias: `[members, 1, units]`.
    pub(crate) fn running_scale_and_shift(
        &self,
        weight: &Tensor<B, 3>,
        bias: &Tensor<B, 3>,
    ) -> [Tensor<B, 3>; 2] {
        let scale = self.variance.clone().add_scalar(EPSILON).sqrt().recip() * weight.clone();
        let shift = bias.clone() - self.mean.clone() * scale.clone();
        [scale, shift]
    }

    /// One row for each pixel of each sample: `[members, batch·pixels, units]`.
    fn rows(&self, tensor: Tensor<B, 3>) -> Tensor<B, 3> {
        let [members, batch, features] = tensor.dims();
        tensor.reshape([members, batch * features / self.units, self.units])
    }
}
