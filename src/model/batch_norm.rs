//! Batch norm of every member of a cohort (Ioffe and Szegedy 2015), as `torch.nn.BatchNorm1d`
//! and, over the pixels of an image, `BatchNorm2d`.

use crate::backend::{Backend, NormedBatch};
use burn::tensor::Tensor;

pub use step_kernels::NORM_EPSILON as EPSILON;
use step_kernels::NORM_MOMENTUM as MOMENTUM;

/// A batch norm with its running statistics, which replace the batch's statistics in evaluation.
#[derive(Clone, Debug)]
pub(super) struct BatchNorm<B: Backend> {
    units: usize,
    /// `[members, 1, units]`
    pub(super) mean: Tensor<B, 3>,
    /// `[members, 1, units]`
    pub(super) variance: Tensor<B, 3>,
}

impl<B: Backend> BatchNorm<B> {
    pub(super) fn new(members: usize, units: usize, device: &B::Device) -> Self {
        Self {
            units,
            mean: Tensor::zeros([members, 1, units], device),
            variance: Tensor::ones([members, 1, units], device),
        }
    }

    /// Normalises each unit over the batch, and updates the running statistics.
    ///
    /// As in PyTorch, the running variance is unbiased (divided by n − 1), that of the batch is not.
    /// `input` is `[members, batch, pixels·units]`.
    pub(super) fn forward(
        &mut self,
        input: Tensor<B, 3>,
        weight: &Tensor<B, 3>,
        bias: &Tensor<B, 3>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let shape = input.dims();
        let rows = self.rows(input);
        let count = rows.dims()[1] as f64;
        let NormedBatch {
            output,
            mean,
            variance,
            cache,
        } = B::batch_norm(rows, weight, bias, EPSILON);
        self.update_running_statistics([mean, variance], count);
        (output.reshape(shape), cache)
    }

    /// Updates the running statistics with the mean and the biased variance of a batch, `[members, 1, units]`
    /// each, which were computed from `rows` rows.
    pub(super) fn update_running_statistics(
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

    /// Normalises with the running statistics.
    pub(super) fn predict(
        &self,
        input: Tensor<B, 3>,
        weight: &Tensor<B, 3>,
        bias: &Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        let [_, batch, features] = input.dims();
        let [scale, shift] = self.running_scale_and_shift(weight, bias);
        let rows = self.rows(input) * scale + shift;
        let members = rows.dims()[0];
        rows.reshape([members, batch, features])
    }

    /// The scale and shift that [`predict`](Self::predict) applies, from the running statistics, weight and
    /// bias: `[members, 1, units]`.
    pub(super) fn running_scale_and_shift(
        &self,
        weight: &Tensor<B, 3>,
        bias: &Tensor<B, 3>,
    ) -> [Tensor<B, 3>; 2] {
        let scale = self.variance.clone().add_scalar(EPSILON).sqrt().recip() * weight.clone();
        let shift = bias.clone() - self.mean.clone() * scale.clone();
        [scale, shift]
    }

    /// The gradients of the input, the weight and the bias.
    pub(super) fn backward(
        &self,
        cache: Vec<Tensor<B, 3>>,
        weight: &Tensor<B, 3>,
        output_gradient: Tensor<B, 3>,
    ) -> (Tensor<B, 3>, [Tensor<B, 3>; 2]) {
        let shape = output_gradient.dims();
        let gradient = self.rows(output_gradient);
        let (input_gradient, parameters) = B::batch_norm_gradient(gradient, cache, weight);
        (input_gradient.reshape(shape), parameters)
    }

    /// One row for each pixel of each sample: `[members, batch·pixels, units]`.
    fn rows(&self, tensor: Tensor<B, 3>) -> Tensor<B, 3> {
        let [members, batch, features] = tensor.dims();
        tensor.reshape([members, batch * features / self.units, self.units])
    }
}
