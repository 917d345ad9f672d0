//! The convolution layers of a cohort: a dense layer over the patches of an image.
//!
//! Images are `[height, width, channels]`. A patch has the pixels under the kernel at one position,
//! flattened as `[kernel row, kernel column, channel]`, with zeros outside of the image. The stride is 1,
//! so that the image keeps its size. With patches as rows of a matrix, a convolution is a matrix product
//! for each member. Backends with kernels for images do not store patches.

use super::per_batch_cache::PerBatchCache;
use crate::backend::{Backend, ConvolutionShape};
use crate::model::gradient::StageGradient;
use burn::tensor::{Int, Tensor, TensorData};

/// The shape of a convolution.
#[derive(Clone, Debug)]
pub(in crate::model) struct Convolution<B: Backend> {
    height: usize,
    width: usize,
    inputs: usize,
    outputs: usize,
    kernel: usize,
    /// The pixel indices of all patches.
    patch_indices: PerBatchCache<Tensor<B, 1, Int>>,
}

impl<B: Backend> Convolution<B> {
    pub(in crate::model) fn new(
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

    /// The output images (`[members, batch, height·width·outputs]`), and what the backward pass needs: the
    /// patches (`[members or 1, batch·height·width, kernel²·inputs]`), or the input if the backend has
    /// kernels for images.
    ///
    /// `weight` is `[members, kernel²·inputs, outputs]`.
    pub(in crate::model) fn forward(
        &mut self,
        input: Tensor<B, 3>,
        weight: &Tensor<B, 3>,
        bias: &Tensor<B, 3>,
    ) -> (Tensor<B, 3>, Tensor<B, 3>) {
        if let Some(kernels) = B::image_kernels() {
            let output = kernels.convolve(input.clone(), weight, bias, self.shape());
            return (output, input);
        }
        let batch = input.dims()[1];
        let patches = self.patches(input, self.inputs);
        let output = B::dense(patches.clone(), weight, bias);
        (self.flat(output, batch), patches)
    }

    /// The gradients of weight and bias, given what [`forward`](Self::forward) returned for them.
    pub(in crate::model) fn gradients(
        &self,
        cached: Tensor<B, 3>,
        output_gradient: Tensor<B, 3>,
    ) -> StageGradient<B> {
        let [members, batch, _] = output_gradient.dims();
        let rows = batch * self.height * self.width;
        let pixels = output_gradient
            .clone()
            .reshape([members, rows, self.outputs]);
        match B::image_kernels() {
            Some(kernels) => {
                let weight = kernels.weight_gradient(cached, output_gradient, self.shape());
                StageGradient::Values([weight, B::sum_rows(pixels)])
            }
            None => StageGradient::Linear {
                input: cached,
                output: pixels,
            },
        }
    }

    /// The gradient of the input: the convolution of the output's gradient with the kernel rotated by 180°,
    /// with inputs and outputs exchanged.
    pub(in crate::model) fn input_gradient(
        &mut self,
        output_gradient: Tensor<B, 3>,
        weight: &Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        if let Some(kernels) = B::image_kernels() {
            return kernels.input_gradient(output_gradient, weight, self.shape());
        }
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

    pub(in crate::model) fn shape(&self) -> ConvolutionShape {
        ConvolutionShape {
            size: [self.height, self.width],
            inputs: self.inputs,
            outputs: self.outputs,
            kernel: self.kernel,
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use burn::backend::{Autodiff, Flex};
    use burn::tensor::{Distribution, Tolerance};

    /// A backend without kernels for images.
    type Plain = Autodiff<Flex>;

    fn random(shape: [usize; 3]) -> Tensor<Flex, 3> {
        Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), &Default::default())
    }

    fn plain(tensor: &Tensor<Flex, 3>) -> Tensor<Plain, 3> {
        Tensor::from_data(tensor.to_data(), &Default::default())
    }

    fn assert_close(ours: Tensor<Flex, 3>, theirs: Tensor<Plain, 3>) {
        let theirs = theirs.into_data();
        ours.into_data()
            .assert_approx_eq::<f32>(&theirs, Tolerance::rel_abs(1e-5, 1e-5));
    }

    #[test]
    fn kernels_for_images_compute_products_of_patches() {
        for ([height, width], inputs, outputs, kernel) in
            [([6, 5], 3, 4, 3), ([4, 4], 16, 8, 5), ([1, 3], 2, 3, 3)]
        {
            for (members, owners) in [(1, 1), (2, 1), (2, 2)] {
                let mut ours = Convolution::<Flex>::new([height, width], inputs, outputs, kernel);
                let mut theirs =
                    Convolution::<Plain>::new([height, width], inputs, outputs, kernel);
                let images = random([owners, 3, height * width * inputs]);
                let weight = random([members, kernel * kernel * inputs, outputs]);
                let bias = random([members, 1, outputs]);
                let gradient = random([members, 3, height * width * outputs]);
                let (output, cached) = ours.forward(images.clone(), &weight, &bias);
                let (expected, patches) =
                    theirs.forward(plain(&images), &plain(&weight), &plain(&bias));
                assert_close(output, expected);
                let found = ours.gradients(cached, gradient.clone()).values();
                let expected = theirs.gradients(patches, plain(&gradient)).values();
                for (found, expected) in found.into_iter().zip(expected) {
                    assert_close(found, expected);
                }
                let expected = theirs.input_gradient(plain(&gradient), &plain(&weight));
                assert_close(ours.input_gradient(gradient, &weight), expected);
            }
        }
    }
}
