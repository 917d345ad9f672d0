//! Convolutions of every member of a cohort: a dense layer over the patches of an image.
//!
//! Images are `[height, width, channels]`. A patch is the kernel's view of one place, flat as
//! `[kernel row, kernel column, channel]`, with zeros beyond the edge; the stride is 1, so that
//! the image keeps its size. Laid out as rows of a matrix, patches make a convolution a matrix
//! product, for one member and for many.

use super::gradient::StageGradient;
use super::per_batch_cache::PerBatchCache;
use crate::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};

/// The shape of a convolution.
#[derive(Clone, Debug)]
pub(super) struct Convolution<B: Backend> {
    height: usize,
    width: usize,
    inputs: usize,
    outputs: usize,
    kernel: usize,
    /// The patches' rows.
    rows: PerBatchCache<Tensor<B, 1, Int>>,
}

impl<B: Backend> Convolution<B> {
    pub(super) fn new(
        [height, width]: [usize; 2],
        inputs: usize,
        outputs: usize,
        kernel: usize,
    ) -> Self {
        Self {
            height,
            width,
            inputs,
            outputs,
            kernel,
            rows: PerBatchCache::new(),
        }
    }

    /// The convolved images and the patches that the backward pass needs:
    /// `[members, batch, height·width·outputs]` and
    /// `[members or 1, batch·height·width, kernel²·inputs]`.
    ///
    /// `weight` is `[members, kernel²·inputs, outputs]`.
    pub(super) fn forward(
        &mut self,
        input: Tensor<B, 3>,
        weight: &Tensor<B, 3>,
        bias: &Tensor<B, 3>,
    ) -> (Tensor<B, 3>, Tensor<B, 3>) {
        let batch = input.dims()[1];
        let patches = self.patches(input, self.inputs);
        let output = B::dense(patches.clone(), weight, bias);
        (self.flat(output, batch), patches)
    }

    /// The gradients of weight and bias.
    pub(super) fn gradients(
        &self,
        patches: Tensor<B, 3>,
        output_gradient: Tensor<B, 3>,
    ) -> StageGradient<B> {
        let [members, batch, _] = output_gradient.dims();
        let rows = batch * self.height * self.width;
        StageGradient::Linear {
            input: patches,
            output: output_gradient.reshape([members, rows, self.outputs]),
        }
    }

    /// The gradient of what went in: the convolution of the outgoing gradient with the kernel
    /// turned by half a turn, from its outputs to its inputs.
    pub(super) fn input_gradient(
        &mut self,
        output_gradient: Tensor<B, 3>,
        weight: &Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        let [members, _, outputs] = weight.dims();
        let area = self.kernel * self.kernel;
        let batch = output_gradient.dims()[1];
        let turned = weight
            .clone()
            .reshape([members, area, self.inputs, outputs])
            .flip([1])
            .swap_dims(2, 3)
            .reshape([members, area * outputs, self.inputs]);
        let gradient = B::product(self.patches(output_gradient, outputs), turned);
        self.flat(gradient, batch)
    }

    /// Rows of places back to one row for each image.
    fn flat(&self, rows: Tensor<B, 3>, batch: usize) -> Tensor<B, 3> {
        let [members, places, channels] = rows.dims();
        rows.reshape([members, batch, places / batch * channels])
    }

    /// The patches of images of `channels`: `[members, batch·height·width, kernel²·channels]`.
    fn patches(&mut self, images: Tensor<B, 3>, channels: usize) -> Tensor<B, 3> {
        let [members, batch, _] = images.dims();
        let device = images.device();
        let places = members * batch * self.height * self.width;
        let pixels = images.reshape([places, channels]);
        // Behind the last pixel stands one of zeros, for what lies beyond the edges.
        let padded = Tensor::cat(vec![pixels, Tensor::zeros([1, channels], &device)], 0);
        let rows = self.patch_rows(members * batch, &device);
        let width = self.kernel * self.kernel * channels;
        padded
            .select(0, rows)
            .reshape([members, places / members, width])
    }

    /// For each place of each image, the pixels of its patch; that beyond the last is zero.
    fn patch_rows(&mut self, images: usize, device: &B::Device) -> Tensor<B, 1, Int> {
        let size = [self.height, self.width];
        let kernel = self.kernel;
        self.rows
            .get(images, || patch_rows(images, size, kernel, device))
    }
}

fn patch_rows<B: Backend>(
    images: usize,
    [height, width]: [usize; 2],
    kernel: usize,
    device: &B::Device,
) -> Tensor<B, 1, Int> {
    let reach = kernel / 2;
    let zero = images * height * width;
    let mut rows = Vec::with_capacity(zero * kernel * kernel);
    for image in 0..images {
        for row in 0..height {
            for column in 0..width {
                for down in 0..kernel {
                    for right in 0..kernel {
                        let (y, x) = (row + down, column + right);
                        let inside = (reach..height + reach).contains(&y)
                            && (reach..width + reach).contains(&x);
                        let pixel = match inside {
                            true => (image * height + y - reach) * width + x - reach,
                            false => zero,
                        };
                        rows.push(i32::try_from(pixel).expect("a batch is below 2³¹ pixels"));
                    }
                }
            }
        }
    }
    let count = rows.len();
    Tensor::from_data(TensorData::new(rows, [count]), device)
}
