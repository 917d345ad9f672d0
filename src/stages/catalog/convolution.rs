//! The convolution layers of a cohort, as `torch.nn.Conv2d` of stride 1: a dense layer over the patches of an image.
//!
//! Images are `[height, width, channels]`. A patch has the pixels under the kernel at one position,
//! flattened as `[kernel row, kernel column, channel]`, with zeros outside of the image. The stride is 1,
//! so that the image keeps its size. With patches as rows of a matrix, a convolution is a matrix product
//! for each member. Backends with kernels for images do not store patches.

use crate::backend::{Backend, ConvolutionShape};
use crate::stages::definition::Definition;
use crate::stages::gradient::StageGradient;
use crate::stages::graph::StageNode;
use crate::stages::layer_context::LayerContext;
use crate::stages::module_tensors::{ModuleTensors, Stored, stored};
use crate::stages::operation::{BackwardPass, ForwardPass, Gradients, Operation, cached};
use crate::stages::parameter::{Form, Parameter, Parameters};
use crate::stages::per_batch_cache::PerBatchCache;
use crate::stages::row_indices::row_indices;
use crate::stages::sample_shape::{SampleShape, checked_outputs};
use burn::backend::Flex;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Int, Tensor};
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

/// The maximum height and width of a convolution's kernel.
pub const MAX_KERNEL_SIZE: usize = 31;

/// A convolution that keeps the size of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Convolution {
    /// Rows of the image.
    pub height: usize,
    /// Columns of the image.
    pub width: usize,
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    /// Height and width of the kernel.
    pub kernel: usize,
}

/// `torch.nn.Conv2d` of stride 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConvolutionLayer {
    /// The prefix of its tensors' names.
    name: String,
    /// Input channels.
    inputs: usize,
    /// Output channels.
    outputs: usize,
    /// Height and width of the kernel.
    kernel_size: usize,
    /// Rows and columns of zeros on each side.
    padding: usize,
}

impl Definition for Convolution {
    const IS_LAYER: bool = true;
    const PREFIX: &'static str = "layer";
    const IS_FUSED: bool = true;

    const PYTORCH: &'static str = "`Conv2d`, stride 1";
    const FIELDS: &'static str = "`name`, `inputs`, `outputs`, `kernel_size`, `padding`";

    type Layer = ConvolutionLayer;
    type Record = Stored<Conv2d<Flex>>;
    type Operation<B: Backend> = ConvolutionOperation<B>;

    fn features(self) -> usize {
        self.height * self.width * self.outputs
    }

    fn output(self, _: SampleShape) -> SampleShape {
        SampleShape::Image([self.height, self.width, self.outputs])
    }

    fn parameters(self) -> Parameters {
        let form = Form::Kernel {
            size: self.kernel,
            inputs: self.inputs,
            outputs: self.outputs,
        };
        let fan_out = self.kernel * self.kernel * self.outputs;
        smallvec![
            Parameter::weight(form, fan_out),
            Parameter::bias(self.outputs),
        ]
    }

    fn flop(self) -> f64 {
        let patch = (self.kernel * self.kernel * self.inputs) as f64;
        2.0 * (self.height * self.width) as f64 * patch * self.outputs as f64
    }

    /// The values of its patches or its output.
    fn peak_values(self) -> usize {
        let patch = self.kernel * self.kernel * self.inputs;
        (self.height * self.width).saturating_mul(self.outputs.max(patch))
    }

    fn node(self) -> StageNode {
        StageNode {
            image: Some([self.height, self.width, self.outputs]),
            attributes: vec![("kernel_size", self.kernel.to_string())],
            ..StageNode::new("convolution", "Conv2d")
        }
    }

    fn layer(self, context: LayerContext) -> Option<ConvolutionLayer> {
        Some(ConvolutionLayer {
            name: context.name,
            inputs: self.inputs,
            outputs: self.outputs,
            kernel_size: self.kernel,
            padding: self.kernel / 2,
        })
    }

    fn from_layer(layer: &ConvolutionLayer, input: SampleShape) -> Result<Option<Self>, String> {
        let [height, width, inputs] = input.image("a convolution")?;
        Ok(Some(Self {
            height,
            width,
            inputs,
            outputs: checked_outputs(layer.outputs)?,
            kernel: checked_kernel(layer.kernel_size)?,
        }))
    }

    fn record(self, tensors: &mut ModuleTensors<'_>) -> Self::Record {
        let size = [self.kernel, self.kernel];
        let config = Conv2dConfig::new([self.inputs, self.outputs], size);
        let shape = [self.outputs, self.inputs, self.kernel, self.kernel];
        stored(Conv2d {
            weight: tensors.param("weight", shape),
            bias: Some(tensors.param("bias", [self.outputs])),
            ..config.init(&Default::default())
        })
    }

    fn operation<B: Backend>(_: &[Self], shape: Self, _: &B::Device) -> ConvolutionOperation<B> {
        ConvolutionOperation {
            shape,
            patch_indices: PerBatchCache::new(),
        }
    }
}

/// The kernel size of a layer that is not trusted.
///
/// # Errors
/// It is even or too large.
pub(super) fn checked_kernel(kernel: usize) -> Result<usize, String> {
    if kernel.is_multiple_of(2) || kernel > MAX_KERNEL_SIZE {
        return Err(format!(
            "its kernel size is {kernel}, but must be odd and at most {MAX_KERNEL_SIZE}"
        ));
    }
    Ok(kernel)
}

/// A dense layer over patches.
#[derive(Clone, Debug)]
pub(crate) struct ConvolutionOperation<B: Backend> {
    shape: Convolution,
    /// The pixel indices of all patches.
    patch_indices: PerBatchCache<Tensor<B, 1, Int>>,
}

impl<B: Backend> Operation<B> for ConvolutionOperation<B> {
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3> {
        self.convolve(input, &parameters[0], &parameters[1]).0
    }

    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let (output, cached) = self.convolve(input, &parameters[0], &parameters[1]);
        (output, vec![cached])
    }

    fn backward(
        &mut self,
        tensors: Vec<Tensor<B, 3>>,
        gradient: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        pass: &mut BackwardPass<B>,
    ) -> Gradients<B> {
        let [cached] = cached(tensors);
        let of_parameters = self.gradients(cached, gradient.clone());
        let of_input = pass
            .needs_input_gradient
            .then(|| self.input_gradient(gradient, &parameters[0]));
        (of_input, Some(of_parameters))
    }
}

impl<B: Backend> ConvolutionOperation<B> {
    /// The output images (`[members, batch, height·width·outputs]`), and what the backward pass needs: the
    /// patches (`[members or 1, batch·height·width, kernel²·inputs]`), or the input if the backend has
    /// kernels for images.
    ///
    /// `weight` is `[members, kernel²·inputs, outputs]`.
    fn convolve(
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
        let patches = self.patches(input, self.shape.inputs);
        let output = B::dense(patches.clone(), weight, bias);
        (self.flat(output, batch), patches)
    }

    /// The gradients of weight and bias, given what [`convolve`](Self::convolve) returned for them.
    fn gradients(
        &self,
        cached: Tensor<B, 3>,
        output_gradient: Tensor<B, 3>,
    ) -> StageGradient<B> {
        let [members, batch, _] = output_gradient.dims();
        let rows = batch * self.shape.height * self.shape.width;
        let pixels = output_gradient
            .clone()
            .reshape([members, rows, self.shape.outputs]);
        match B::image_kernels() {
            Some(kernels) => {
                let weight = kernels.weight_gradient(cached, output_gradient, self.shape());
                StageGradient::Values(smallvec![weight, B::sum_rows(pixels)])
            }
            None => StageGradient::Linear {
                input: cached,
                output: pixels,
            },
        }
    }

    /// The gradient of the input: the convolution of the output's gradient with the kernel rotated by 180°,
    /// with inputs and outputs exchanged.
    fn input_gradient(
        &mut self,
        output_gradient: Tensor<B, 3>,
        weight: &Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        if let Some(kernels) = B::image_kernels() {
            return kernels.input_gradient(output_gradient, weight, self.shape());
        }
        let [members, _, outputs] = weight.dims();
        let area = self.shape.kernel * self.shape.kernel;
        let batch = output_gradient.dims()[1];
        let rotated = weight
            .clone()
            .reshape([members, area, self.shape.inputs, outputs])
            .flip([1])
            .swap_dims(2, 3)
            .reshape([members, area * outputs, self.shape.inputs]);
        let gradient = B::product(self.patches(output_gradient, outputs), rotated);
        self.flat(gradient, batch)
    }

    /// The shape, for the kernels of a backend.
    pub(crate) fn shape(&self) -> ConvolutionShape {
        let shape = self.shape;
        ConvolutionShape {
            size: [shape.height, shape.width],
            inputs: shape.inputs,
            outputs: shape.outputs,
            kernel: shape.kernel,
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
        let pixel_count = members * batch * self.shape.height * self.shape.width;
        let pixels = images.reshape([pixel_count, channels]);
        // A pixel of zeros follows the last one; it stands for pixels outside of the image.
        let padded = Tensor::cat(vec![pixels, Tensor::zeros([1, channels], &device)], 0);
        let rows = self.patch_indices(members * batch, &device);
        let width = self.shape.kernel * self.shape.kernel * channels;
        padded
            .select(0, rows)
            .reshape([members, pixel_count / members, width])
    }

    /// For each pixel of each image, the indices of the pixels in its patch. The index after the last pixel is
    /// the pixel of zeros.
    fn patch_indices(&mut self, images: usize, device: &B::Device) -> Tensor<B, 1, Int> {
        let size = [self.shape.height, self.shape.width];
        let kernel = self.shape.kernel;
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
                        rows.push(pixel);
                    }
                }
            }
        }
    }
    row_indices(&rows, device)
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
                let shape = Convolution {
                    height,
                    width,
                    inputs,
                    outputs,
                    kernel,
                };
                let mut ours = Convolution::operation::<Flex>(&[], shape, &Default::default());
                let mut theirs = Convolution::operation::<Plain>(&[], shape, &Default::default());
                let images = random([owners, 3, height * width * inputs]);
                let weight = random([members, kernel * kernel * inputs, outputs]);
                let bias = random([members, 1, outputs]);
                let gradient = random([members, 3, height * width * outputs]);
                let (output, cached) = ours.convolve(images.clone(), &weight, &bias);
                let (expected, patches) =
                    theirs.convolve(plain(&images), &plain(&weight), &plain(&bias));
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
