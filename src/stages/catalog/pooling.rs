//! Pooling of images with a 2 × 2 window and stride 2, as `torch.nn.MaxPool2d(2)` and `AvgPool2d(2)`.

use crate::backend::{self, Backend, PoolShape};
use crate::stages::definition::Definition;
use crate::stages::graph::StageNode;
use crate::stages::layer_context::LayerContext;
use crate::stages::module_tensors::ModuleTensors;
use crate::stages::operation::{BackwardPass, ForwardPass, Gradients, Operation, cached};
use crate::stages::per_batch_cache::PerBatchCache;
use crate::stages::row_indices::row_indices;
use crate::stages::sample_shape::SampleShape;
use crate::values::config_value::string_enum;
use burn::tensor::{Bool, Int, Tensor};
use serde::{Deserialize, Serialize};

/// Height and width of the window.
const SIZE: usize = 2;

string_enum! {
    /// What pooling computes of each window.
    pub enum PoolFunction {
        /// The maximum (`torch.nn.MaxPool2d(2)`).
        Max = "max",
        /// The mean (`torch.nn.AvgPool2d(2)`).
        Average = "average",
    }
}

/// Pooling over 2 × 2; an odd last row or column is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pool {
    /// Maximum or mean.
    pub pooling: PoolFunction,
    /// Input rows.
    pub height: usize,
    /// Input columns.
    pub width: usize,
    /// Channels.
    pub channels: usize,
}

/// `torch.nn.MaxPool2d(2)` or `AvgPool2d(2)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PoolLayer {
    /// `max` or `average`.
    pooling: String,
    /// Height and width of the window.
    size: usize,
}

impl Pool {
    fn output_image(self) -> [usize; 3] {
        [self.height / SIZE, self.width / SIZE, self.channels]
    }
}

impl Definition for Pool {
    const PYTORCH: &'static str = "`MaxPool2d(2)`, `AvgPool2d(2)`";
    const FIELDS: &'static str = "`pooling`: `max` or `average`; `size`";

    type Layer = PoolLayer;
    type Record = ();
    type Operation<B: Backend> = PoolOperation<B>;

    fn features(self) -> usize {
        self.output_image().iter().product()
    }

    fn output(self, _: SampleShape) -> SampleShape {
        SampleShape::Image(self.output_image())
    }

    fn node(self) -> StageNode {
        let operation = match self.pooling {
            PoolFunction::Max => "MaxPool2d",
            PoolFunction::Average => "AvgPool2d",
        };
        StageNode {
            image: Some(self.output_image()),
            ..StageNode::new("pooling", operation)
        }
    }

    fn layer(self, _: LayerContext) -> Option<PoolLayer> {
        Some(PoolLayer {
            pooling: self.pooling.name().to_owned(),
            size: SIZE,
        })
    }

    fn from_layer(layer: &PoolLayer, input: SampleShape) -> Result<Option<Self>, String> {
        let [height, width, channels] = input.image("a pooling layer")?;
        if height.min(width) < SIZE {
            return Err("the image is too small for pooling".to_owned());
        }
        let pooling = layer.pooling.as_str();
        let named = |known: &&PoolFunction| known.name() == pooling;
        let found = PoolFunction::ALL.iter().find(named);
        Ok(Some(Self {
            pooling: *found.ok_or_else(|| format!("unknown pooling {pooling}"))?,
            height,
            width,
            channels,
        }))
    }

    fn record(self, _: &mut ModuleTensors<'_>) {}

    fn operation<B: Backend>(_: &[Self], shape: Self, _: &B::Device) -> PoolOperation<B> {
        PoolOperation {
            shape,
            indices: PerBatchCache::new(),
        }
    }
}

/// The pooling of the images of all members.
#[derive(Clone, Debug)]
pub(crate) struct PoolOperation<B: Backend> {
    shape: Pool,
    indices: PerBatchCache<PixelIndices<B>>,
}

/// The positions of the four pixels of each window, with pixels as rows of a matrix.
#[derive(Clone, Debug)]
struct PixelIndices<B: Backend> {
    /// For each corner of the windows, the indices of its pixels.
    corners: [Tensor<B, 1, Int>; 4],
    /// For each pixel, its position among the concatenated corners. Ignored pixels have the position after
    /// the last.
    inverse: Tensor<B, 1, Int>,
}

impl<B: Backend> Operation<B> for PoolOperation<B> {
    fn predict(
        &mut self,
        input: Tensor<B, 3>,
        _: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> Tensor<B, 3> {
        self.pool(input)
    }

    fn forward(
        &mut self,
        input: Tensor<B, 3>,
        _: &[Tensor<B, 3>],
        _: &mut ForwardPass<'_, B>,
    ) -> (Tensor<B, 3>, Vec<Tensor<B, 3>>) {
        let output = self.pool(input.clone());
        (output.clone(), vec![input, output])
    }

    fn backward(
        &mut self,
        tensors: Vec<Tensor<B, 3>>,
        gradient: Tensor<B, 3>,
        _: &[Tensor<B, 3>],
        _: &mut BackwardPass<B>,
    ) -> Gradients<B> {
        let [input, output] = cached(tensors);
        (Some(self.input_gradient(input, output, gradient)), None)
    }
}

impl<B: Backend> PoolOperation<B> {
    /// Whether it takes maxima.
    pub(crate) fn takes_maximum(&self) -> bool {
        self.shape.pooling == PoolFunction::Max
    }

    /// The pooled images: `[members, batch, height/2·width/2·channels]`.
    fn pool(&mut self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        if let Some(kernels) = B::image_kernels() {
            let (pooling, shape) = self.kernel_settings();
            return kernels.pool(input, pooling, shape);
        }
        let [members, batch, _] = input.dims();
        let [a, b, c, d] = self.corners(input);
        let pooled = match self.shape.pooling {
            PoolFunction::Max => a.max_pair(b).max_pair(c.max_pair(d)),
            PoolFunction::Average => (a + b + c + d).mul_scalar(0.25),
        };
        let features = self.shape.height / 2 * (self.shape.width / 2) * self.shape.channels;
        pooled.reshape([members, batch, features])
    }

    /// The gradient of the input. The first of equal maxima receives the gradient, as in PyTorch.
    fn input_gradient(
        &mut self,
        input: Tensor<B, 3>,
        output: Tensor<B, 3>,
        output_gradient: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        if let Some(kernels) = B::image_kernels() {
            let (pooling, shape) = self.kernel_settings();
            return kernels.pool_gradient(input, output_gradient, pooling, shape);
        }
        let shape = input.dims();
        let images = shape[0] * shape[1];
        let pooled_shape = [images * (self.shape.height / 2) * (self.shape.width / 2), self.shape.channels];
        let device = input.device();
        let gradient = output_gradient.reshape(pooled_shape);
        let mut parts = match self.shape.pooling {
            PoolFunction::Average => vec![gradient.mul_scalar(0.25); 4],
            PoolFunction::Max => {
                let maxima = output.reshape(pooled_shape);
                let mut undecided: Option<Tensor<B, 2, Bool>> = None;
                let corner_gradient = |corner: Tensor<B, 2>| {
                    let lower = corner.not_equal(maxima.clone());
                    let (masked, still_undecided) = match undecided.take() {
                        None => (lower.clone(), lower),
                        // An earlier corner with the maximum has the gradient.
                        Some(before) => (
                            lower.clone().bool_or(before.clone().bool_not()),
                            before.bool_and(lower),
                        ),
                    };
                    undecided = Some(still_undecided);
                    gradient.clone().mask_fill(masked, 0.0)
                };
                self.corners(input).map(corner_gradient).into()
            }
        };
        parts.push(Tensor::zeros([1, self.shape.channels], &device));
        let inverse = self.indices(images, &device).inverse;
        Tensor::cat(parts, 0).select(0, inverse).reshape(shape)
    }

    /// The settings of the kernels for images.
    fn kernel_settings(&self) -> (backend::Pooling, PoolShape) {
        let pooling = match self.shape.pooling {
            PoolFunction::Max => backend::Pooling::Max,
            PoolFunction::Average => backend::Pooling::Average,
        };
        let shape = PoolShape {
            size: [self.shape.height, self.shape.width],
            channels: self.shape.channels,
        };
        (pooling, shape)
    }

    /// The four corners of all windows: each `[images·height/2·width/2, channels]`.
    fn corners(&mut self, input: Tensor<B, 3>) -> [Tensor<B, 2>; 4] {
        let [members, batch, _] = input.dims();
        let images = members * batch;
        let device = input.device();
        let pixels = input.reshape([images * self.shape.height * self.shape.width, self.shape.channels]);
        let corners = self.indices(images, &device).corners;
        corners.map(|rows| pixels.clone().select(0, rows))
    }

    fn indices(&mut self, images: usize, device: &B::Device) -> PixelIndices<B> {
        let size = [self.shape.height, self.shape.width];
        self.indices
            .get(images, || pixel_indices(images, size, device))
    }
}

fn pixel_indices<B: Backend>(
    images: usize,
    [full_height, full_width]: [usize; 2],
    device: &B::Device,
) -> PixelIndices<B> {
    let (height, width) = (full_height / 2, full_width / 2);
    let count = images * height * width;
    let mut corners = [const { Vec::new() }; 4];
    let mut inverse = vec![4 * count; images * full_height * full_width];
    for image in 0..images {
        for row in 0..2 * height {
            for column in 0..2 * width {
                let pixel = (image * full_height + row) * full_width + column;
                let corner = row % 2 * 2 + column % 2;
                inverse[pixel] = corner * count + (image * height + row / 2) * width + column / 2;
                corners[corner].push(pixel);
            }
        }
    }
    PixelIndices {
        corners: corners.map(|pixels| row_indices(&pixels, device)),
        inverse: row_indices(&inverse, device),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::backend::{Autodiff, Flex};
    use burn::tensor::Distribution;

    /// A backend without kernels for images.
    type Plain = Autodiff<Flex>;

    #[test]
    fn kernels_for_images_give_the_bits_of_indices() {
        let device = Default::default();
        for (size, pooling) in [[4, 6, 3], [5, 7, 16], [2, 2, 1]]
            .into_iter()
            .flat_map(|size| [PoolFunction::Max, PoolFunction::Average].map(|pooling| (size, pooling)))
        {
            let [height, width, channels] = size;
            let shape = Pool {
                pooling,
                height,
                width,
                channels,
            };
            let mut ours = Pool::operation::<Flex>(&[], shape, &device);
            let mut theirs = Pool::operation::<Plain>(&[], shape, &Default::default());
            // Rounded, so that some windows have several maxima.
            let images: Tensor<Flex, 3> = Tensor::random(
                [2, 3, height * width * channels],
                Distribution::Uniform(-2.0, 2.0),
                &device,
            );
            let images = images.round();
            let pooled = height / 2 * (width / 2) * channels;
            let gradient: Tensor<Flex, 3> =
                Tensor::random([2, 3, pooled], Distribution::Uniform(-1.0, 1.0), &device);
            let plain = |tensor: &Tensor<Flex, 3>| {
                Tensor::<Plain, 3>::from_data(tensor.to_data(), &Default::default())
            };
            let output = ours.pool(images.clone());
            let expected = theirs.pool(plain(&images));
            assert_eq!(output.to_data(), expected.to_data(), "{size:?} {pooling:?}");
            let found = ours.input_gradient(images.clone(), output, gradient.clone());
            let expected = theirs.input_gradient(plain(&images), expected, plain(&gradient));
            assert_eq!(
                found.into_data(),
                expected.into_data(),
                "{size:?} {pooling:?}"
            );
        }
    }
}
