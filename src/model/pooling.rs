//! Pooling of images with a 2 × 2 window and stride 2.

use super::per_batch_cache::PerBatchCache;
use crate::backend::Backend;
use crate::spec::Pooling;
use burn::tensor::{Bool, Int, Tensor, TensorData};

/// A pooling of images of this shape. An odd last row or column is ignored.
#[derive(Clone, Debug)]
pub(super) struct Pool<B: Backend> {
    pooling: Pooling,
    height: usize,
    width: usize,
    channels: usize,
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

impl<B: Backend> Pool<B> {
    pub(super) fn new(pooling: Pooling, [height, width, channels]: [usize; 3]) -> Self {
        Self {
            pooling,
            height,
            width,
            channels,
            indices: PerBatchCache::new(),
        }
    }

    /// The pooled images: `[members, batch, height/2·width/2·channels]`.
    pub(super) fn forward(&mut self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        let [members, batch, _] = input.dims();
        let [a, b, c, d] = self.corners(input);
        let pooled = match self.pooling {
            Pooling::Max => a.max_pair(b).max_pair(c.max_pair(d)),
            Pooling::Average | Pooling::None => (a + b + c + d).mul_scalar(0.25),
        };
        let features = self.height / 2 * (self.width / 2) * self.channels;
        pooled.reshape([members, batch, features])
    }

    /// The gradient of the input. The first of equal maxima receives the gradient, as in PyTorch.
    pub(super) fn backward(
        &mut self,
        input: Tensor<B, 3>,
        output: Tensor<B, 3>,
        output_gradient: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        let shape = input.dims();
        let images = shape[0] * shape[1];
        let pooled_shape = [images * (self.height / 2) * (self.width / 2), self.channels];
        let device = input.device();
        let gradient = output_gradient.reshape(pooled_shape);
        let mut parts = match self.pooling {
            Pooling::Average | Pooling::None => vec![gradient.mul_scalar(0.25); 4],
            Pooling::Max => {
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
        parts.push(Tensor::zeros([1, self.channels], &device));
        let inverse = self.indices(images, &device).inverse;
        Tensor::cat(parts, 0).select(0, inverse).reshape(shape)
    }

    /// The four corners of all windows: each `[images·height/2·width/2, channels]`.
    fn corners(&mut self, input: Tensor<B, 3>) -> [Tensor<B, 2>; 4] {
        let [members, batch, _] = input.dims();
        let images = members * batch;
        let device = input.device();
        let pixels = input.reshape([images * self.height * self.width, self.channels]);
        let corners = self.indices(images, &device).corners;
        corners.map(|rows| pixels.clone().select(0, rows))
    }

    fn indices(&mut self, images: usize, device: &B::Device) -> PixelIndices<B> {
        let size = [self.height, self.width];
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
    let tensor = |pixels: Vec<usize>| {
        let indices: Vec<i32> = pixels
            .iter()
            .map(|&pixel| i32::try_from(pixel).expect("a batch is below 2³¹ pixels"))
            .collect();
        let count = indices.len();
        Tensor::from_data(TensorData::new(indices, [count]), device)
    };
    PixelIndices {
        corners: corners.map(tensor),
        inverse: tensor(inverse),
    }
}
