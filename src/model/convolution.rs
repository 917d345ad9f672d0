//! The convolution layers of a cohort: a dense layer over the patches of an image.
//!
//! Images are `[height, width, channels]`. A patch has the pixels under the kernel at one position,
//! flattened as `[kernel row, kernel column, channel]`, with zeros outside of the image. The stride is 1,
//! so that the image keeps its size. With patches as rows of a matrix, a convolution is a matrix product
//! for each member.

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
    /// The pixel indices of all patches.
    patch_indices: PerBatchCache<Tensor<B, 1, Int>>,
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
            patch_indices: PerBatchCache::new(),
        }
    }

    /// The output images, and the patches that the backward pass needs:
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

    /// The gradient of the input: the convolution of the output's gradient with the kernel rotated by 180°,
    /// with inputs and outputs exchanged.
    pub(super) fn input_gradient(
        &mut self,
        output_gradient: Tensor<B, 3>,
        weight: &Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        let [members, _, outputs] = weight.dims();
        let area = self.kernel * self.kernel;
        let batch = output_gradient.dims()[1];
        let rotated = weight
            .clone()
            .reshape([members, area, self.inputs, outputs])
            .flip([1])
            .swap_dims(2, 3)
            .reshape([members, area * outputs, self.inputs]);
        let gradient = B::product(self.patches(output_gradient, outputs), rotated);
        self.flat(gradient, batch)
    }

    /// Reshapes one row per pixel to one row per image.
    fn flat(&self, rows: Tensor<B, 3>, batch: usize) -> Tensor<B, 3> {
        let [members, pixels, channels] = rows.dims();
        rows.reshape([members, batch, pixels / batch * channels])
    }

    /// The patches of images of `channels`: `[members, batch·height·width, kernel²·channels]`.
    fn patches(&mut self, images: Tensor<B, 3>, channels: usize) -> Tensor<B, 3> {
        let [members, batch, _] = images.dims();
        let device = images.device();
        let pixel_count = members * batch * self.height * self.width;
        let pixels = images.reshape([pixel_count, channels]);
        // A pixel of zeros follows the last one; it stands for pixels outside of the image.
        let padded = Tensor::cat(vec![pixels, Tensor::zeros([1, channels], &device)], 0);
        let rows = self.patch_indices(members * batch, &device);
        let width = self.kernel * self.kernel * channels;
        padded
            .select(0, rows)
            .reshape([members, pixel_count / members, width])
    }

    /// For each pixel of each image, the indices of the pixels in its patch. The index after the last pixel is
    /// the pixel of zeros.
    fn patch_indices(&mut self, images: usize, device: &B::Device) -> Tensor<B, 1, Int> {
        let size = [self.height, self.width];
        let kernel = self.kernel;
        self.patch_indices
            .get(images, || patch_indices(images, size, kernel, device))
    }
}

fn patch_indices<B: Backend>(
    images: usize,
    [height, width]: [usize; 2],
    kernel: usize,
    device: &B::Device,
) -> Tensor<B, 1, Int> {
    let radius = kernel / 2;
    let zero = images * height * width;
    let mut rows = Vec::with_capacity(zero * kernel * kernel);
    for image in 0..images {
        for row in 0..height {
            for column in 0..width {
                for down in 0..kernel {
                    for right in 0..kernel {
                        let (y, x) = (row + down, column + right);
                        let inside = (radius..height + radius).contains(&y)
                            && (radius..width + radius).contains(&x);
                        let pixel = if inside {
                            (image * height + y - radius) * width + x - radius
                        } else {
                            zero
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
