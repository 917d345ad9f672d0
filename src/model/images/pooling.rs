//! Pooling of images with a 2 × 2 window and stride 2.

use super::per_batch_cache::PerBatchCache;
use crate::backend::{self, Backend, PoolShape};
use crate::spec::Pooling;
use burn::tensor::{Bool, Int, Tensor, TensorData};

/// A pooling of images of this shape. An odd last row or column is ignored.
#[derive(Clone, Debug)]
pub(in crate::model) struct Pool<B: Backend> {
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
    pub(in crate::model) fn new(pooling: Pooling, [height, width, channels]: [usize; 3]) -> Self {
        Self {
            pooling,
            height,
            width,
            channels,
            indices: PerBatchCache::new(),
        }
    }

    pub(in crate::model) fn takes_maximum(&self) -> bool {
        self.pooling == Pooling::Max
    }

    /// The pooled images: `[members, batch, height/2·width/2·channels]`.
    pub(in crate::model) fn forward(&mut self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        if let Some(kernels) = B::image_kernels() {
            let (pooling, shape) = self.kernel_settings();
            return kernels.pool(input, pooling, shape);
        }
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
    pub(in crate::model) fn backward(
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

    /// The settings of the kernels for images.
    fn kernel_settings(&self) -> (backend::Pooling, PoolShape) {
        let pooling = match self.pooling {
            Pooling::Max => backend::Pooling::Max,
            Pooling::Average | Pooling::None => backend::Pooling::Average,
        };
        let shape = PoolShape {
            size: [self.height, self.width],
            channels: self.channels,
        };
        (pooling, shape)
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
            .flat_map(|size| [Pooling::Max, Pooling::Average].map(|pooling| (size, pooling)))
        {
            let [height, width, channels] = size;
            let mut ours = Pool::<Flex>::new(pooling, size);
            let mut theirs = Pool::<Plain>::new(pooling, size);
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
            let output = ours.forward(images.clone());
            let expected = theirs.forward(plain(&images));
            assert_eq!(output.to_data(), expected.to_data(), "{size:?} {pooling:?}");
            let found = ours.backward(images.clone(), output, gradient.clone());
            let expected = theirs.backward(plain(&images), expected, plain(&gradient));
            assert_eq!(
                found.into_data(),
                expected.into_data(),
                "{size:?} {pooling:?}"
            );
        }
    }
}
