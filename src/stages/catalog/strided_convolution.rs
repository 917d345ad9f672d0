//! A convolution of stride 2 (Springenberg et al. 2015), as `torch.nn.Conv2d(…, stride=2)`: a dense layer over patches
//! at every second row and column, in tensor operations.

use super::convolution::checked_kernel;
use crate::backend::Backend;
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

/// The stride in both directions.
const STRIDE: usize = 2;

/// A convolution that halves the image; an odd number of rows or columns is rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StridedConvolution {
    /// Rows of the input.
    pub height: usize,
    /// Columns of the input.
    pub width: usize,
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    /// Height and width of the kernel.
    pub kernel: usize,
}

/// `torch.nn.Conv2d` of stride 2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StridedConvolutionLayer {
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
    /// The distance between patches, in rows and columns.
    stride: usize,
}

impl StridedConvolution {
    /// Rows and columns of the output.
    fn output_size(self) -> [usize; 2] {
        [self.height.div_ceil(STRIDE), self.width.div_ceil(STRIDE)]
    }

    /// Pixels of the output.
    fn output_pixels(self) -> usize {
        self.output_size().iter().product()
    }

    /// Values of a patch.
    fn patch(self) -> usize {
        self.kernel * self.kernel * self.inputs
    }
}

impl Definition for StridedConvolution {
    const IS_LAYER: bool = true;
    const PREFIX: &'static str = "layer";
    const PYTORCH: &'static str = "`Conv2d`, stride 2";
    const FIELDS: &'static str =
        "`name`, `inputs`, `outputs`, `kernel_size`, `padding`, `stride`";

    type Layer = StridedConvolutionLayer;
    type Record = Stored<Conv2d<Flex>>;
    type Operation<B: Backend> = StridedConvolutionOperation<B>;

    fn features(self) -> usize {
        self.output_pixels() * self.outputs
    }

    fn output(self, _: SampleShape) -> SampleShape {
        let [height, width] = self.output_size();
        SampleShape::Image([height, width, self.outputs])
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
        2.0 * self.output_pixels() as f64 * self.patch() as f64 * self.outputs as f64
    }

    /// The values of its patches, of the patches of its gradient, or its output.
    fn peak_values(self) -> usize {
        let of_patches = self.output_pixels().saturating_mul(self.outputs.max(self.patch()));
        let of_gradient = (self.height * self.width).saturating_mul(self.patch());
        of_patches.max(of_gradient)
    }

    fn node(self) -> StageNode {
        let [height, width] = self.output_size();
        StageNode {
            image: Some([height, width, self.outputs]),
            attributes: vec![
                ("kernel_size", self.kernel.to_string()),
                ("stride", STRIDE.to_string()),
            ],
            ..StageNode::new("convolution", "Conv2d")
        }
    }

    fn layer(self, context: LayerContext) -> Option<StridedConvolutionLayer> {
        Some(StridedConvolutionLayer {
            name: context.name,
            inputs: self.inputs,
            outputs: self.outputs,
            kernel_size: self.kernel,
            padding: self.kernel / 2,
            stride: STRIDE,
        })
    }

    fn from_layer(
        layer: &StridedConvolutionLayer,
        input: SampleShape,
    ) -> Result<Option<Self>, String> {
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
        let config =
            Conv2dConfig::new([self.inputs, self.outputs], size).with_stride([STRIDE, STRIDE]);
        let shape = [self.outputs, self.inputs, self.kernel, self.kernel];
        stored(Conv2d {
            weight: tensors.param("weight", shape),
            bias: Some(tensors.param("bias", [self.outputs])),
            ..config.init(&Default::default())
        })
    }

    fn operation<B: Backend>(
        _: &[Self],
        shape: Self,
        _: &B::Device,
    ) -> StridedConvolutionOperation<B> {
        StridedConvolutionOperation {
            shape,
            indices: PerBatchCache::new(),
        }
    }
}

/// A dense layer over patches.
#[derive(Clone, Debug)]
pub(crate) struct StridedConvolutionOperation<B: Backend> {
    shape: StridedConvolution,
    indices: PerBatchCache<PatchIndices<B>>,
}

/// The positions of the pixels of patches.
#[derive(Clone, Debug)]
struct PatchIndices<B: Backend> {
    /// For each pixel of each patch, its index among the pixels of the images. The index after the last pixel stands
    /// for pixels outside of an image.
    pixels: Tensor<B, 1, Int>,
    /// For each pixel of the images and each position in a kernel, the index of the pixel of a patch that is there. The
    /// index after the last pixel stands for no patch.
    patches: Tensor<B, 1, Int>,
}

impl<B: Backend> StridedConvolutionOperation<B> {
    /// The patches of images: `[members or 1, batch·output pixels, kernel²·inputs]`.
    fn patches(&mut self, images: Tensor<B, 3>) -> Tensor<B, 3> {
        let [owners, batch, _] = images.dims();
        let shape = self.shape;
        let device = images.device();
        let pixels = owners * batch * shape.height * shape.width;
        let rows = with_zeros(images.reshape([pixels, shape.inputs]));
        let indices = self.indices(owners * batch, &device).pixels;
        rows.select(0, indices)
            .reshape([owners, batch * shape.output_pixels(), shape.patch()])
    }

    fn indices(&mut self, images: usize, device: &B::Device) -> PatchIndices<B> {
        let shape = self.shape;
        self.indices.get(images, || patch_indices(images, shape, device))
    }

    fn convolve(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
    ) -> (Tensor<B, 3>, Tensor<B, 3>) {
        let batch = input.dims()[1];
        let patches = self.patches(input);
        let output = B::dense(patches.clone(), &parameters[0], &parameters[1]);
        let members = output.dims()[0];
        (output.reshape([members, batch, self.shape.features()]), patches)
    }

    /// The gradient of the images, given that of the output, `[members, batch·output pixels, outputs]`.
    fn input_gradient(
        &mut self,
        gradient: Tensor<B, 3>,
        weight: &Tensor<B, 3>,
        batch: usize,
    ) -> Tensor<B, 3> {
        let shape = self.shape;
        let device = gradient.device();
        let of_patches = B::product(gradient, weight.clone().swap_dims(1, 2));
        let [members, patches, _] = of_patches.dims();
        let area = shape.kernel * shape.kernel;
        let rows = with_zeros(of_patches.reshape([members * patches * area, shape.inputs]));
        let indices = self.indices(members * batch, &device).patches;
        let pixels = members * batch * shape.height * shape.width;
        // Each pixel has the sum of the gradients of all patches that contain it, always in the same order.
        rows.select(0, indices)
            .reshape([pixels, area, shape.inputs])
            .sum_dim(1)
            .reshape([members, batch, shape.height * shape.width * shape.inputs])
    }
}

impl<B: Backend> Operation<B> for StridedConvolutionOperation<B> {
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3> {
        self.convolve(input, parameters).0
    }

    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let (output, patches) = self.convolve(input, parameters);
        (output, vec![patches])
    }

    fn backward(
        &mut self,
        tensors: Vec<Tensor<B, 3>>,
        gradient: Tensor<B, 3>,
        parameters: &[Tensor<B, 3>],
        pass: &mut BackwardPass<B>,
    ) -> Gradients<B> {
        let [input] = cached(tensors);
        let [members, batch, _] = gradient.dims();
        let rows = batch * self.shape.output_pixels();
        let output = gradient.reshape([members, rows, self.shape.outputs]);
        let of_input = pass
            .needs_input_gradient
            .then(|| self.input_gradient(output.clone(), &parameters[0], batch));
        (of_input, Some(StageGradient::Linear { input, output }))
    }
}

/// The rows, and a row of zeros after them.
fn with_zeros<B: Backend>(rows: Tensor<B, 2>) -> Tensor<B, 2> {
    let [_, columns] = rows.dims();
    let zeros = Tensor::zeros([1, columns], &rows.device());
    Tensor::cat(vec![rows, zeros], 0)
}

fn patch_indices<B: Backend>(
    images: usize,
    shape: StridedConvolution,
    device: &B::Device,
) -> PatchIndices<B> {
    let StridedConvolution {
        height,
        width,
        kernel,
        ..
    } = shape;
    let [rows, columns] = shape.output_size();
    let (radius, area) = (kernel / 2, kernel * kernel);
    let no_pixel = images * height * width;
    let no_patch = images * rows * columns * area;
    let mut pixels = vec![no_pixel; no_patch];
    let mut patches = vec![no_patch; no_pixel * area];
    for patch in 0..images * rows * columns {
        let (image, place) = (patch / (rows * columns), patch % (rows * columns));
        let (top, left) = (place / columns * STRIDE, place % columns * STRIDE);
        for offset in 0..area {
            let (y, x) = (top + offset / kernel, left + offset % kernel);
            let inside = (radius..height + radius).contains(&y)
                && (radius..width + radius).contains(&x);
            if inside {
                let pixel = (image * height + y - radius) * width + x - radius;
                pixels[patch * area + offset] = pixel;
                patches[pixel * area + offset] = patch * area + offset;
            }
        }
    }
    PatchIndices {
        pixels: row_indices(&pixels, device),
        patches: row_indices(&patches, device),
    }
}
