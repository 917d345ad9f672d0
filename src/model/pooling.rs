//! Pooling of images: each 2 × 2 becomes one number.

use super::per_batch_cache::PerBatchCache;
use crate::backend::Backend;
use crate::spec::Pooling;
use burn::tensor::{Bool, Int, Tensor, TensorData};

/// The shape of the images that come in; an odd last row or column is left out.
#[derive(Clone, Debug)]
pub(super) struct Pool<B: Backend> {
    pooling: Pooling,
    height: usize,
    width: usize,
    channels: usize,
    places: PerBatchCache<PixelIndices<B>>,
}

/// Where the four numbers of each 2 × 2 stand: pixels as rows of a matrix.
#[derive(Clone, Debug)]
struct PixelIndices<B: Backend> {
    /// The pixels of each of the four quarters.
    quarters: [Tensor<B, 1, Int>; 4],
    /// For each pixel its place in the four quarters, one after the other; that behind them is for
    /// pixels left out.
    back: Tensor<B, 1, Int>,
}

impl<B: Backend> Pool<B> {
    pub(super) fn new(pooling: Pooling, [height, width, channels]: [usize; 3]) -> Self {
        Self {
            pooling,
            height,
            width,
            channels,
            places: PerBatchCache::new(),
        }
    }

    /// The pooled images: `[members, batch, height/2·width/2·channels]`.
    pub(super) fn forward(&mut self, input: Tensor<B, 3>) -> Tensor<B, 3> {
        let [members, batch, _] = input.dims();
        let [a, b, c, d] = self.quarters(input);
        let pooled = match self.pooling {
            Pooling::Max => a.max_pair(b).max_pair(c.max_pair(d)),
            Pooling::Average | Pooling::None => (a + b + c + d).mul_scalar(0.25),
        };
        let features = self.height / 2 * (self.width / 2) * self.channels;
        pooled.reshape([members, batch, features])
    }

    /// The gradient of what went in. Of equal highest numbers the first has it all, as in PyTorch.
    pub(super) fn backward(
        &mut self,
        input: Tensor<B, 3>,
        output: Tensor<B, 3>,
        output_gradient: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        let shape = input.dims();
        let images = shape[0] * shape[1];
        let small = [images * (self.height / 2) * (self.width / 2), self.channels];
        let device = input.device();
        let gradient = output_gradient.reshape(small);
        let mut parts = match self.pooling {
            Pooling::Average | Pooling::None => vec![gradient.mul_scalar(0.25); 4],
            Pooling::Max => {
                let highest = output.reshape(small);
                let mut left: Option<Tensor<B, 2, Bool>> = None;
                let part = |quarter: Tensor<B, 2>| {
                    let lower = quarter.not_equal(highest.clone());
                    let (without, still_open) = match left.take() {
                        None => (lower.clone(), lower),
                        // Where one before it was as high, that one has the gradient.
                        Some(open) => (
                            lower.clone().bool_or(open.clone().bool_not()),
                            open.bool_and(lower),
                        ),
                    };
                    left = Some(still_open);
                    gradient.clone().mask_fill(without, 0.0)
                };
                self.quarters(input).map(part).into()
            }
        };
        parts.push(Tensor::zeros([1, self.channels], &device));
        let back = self.places(images, &device).back;
        Tensor::cat(parts, 0).select(0, back).reshape(shape)
    }

    /// The four numbers of each 2 × 2: each `[images·height/2·width/2, channels]`.
    fn quarters(&mut self, input: Tensor<B, 3>) -> [Tensor<B, 2>; 4] {
        let [members, batch, _] = input.dims();
        let images = members * batch;
        let device = input.device();
        let pixels = input.reshape([images * self.height * self.width, self.channels]);
        let quarters = self.places(images, &device).quarters;
        quarters.map(|rows| pixels.clone().select(0, rows))
    }

    fn places(&mut self, images: usize, device: &B::Device) -> PixelIndices<B> {
        let size = [self.height, self.width];
        self.places.get(images, || places(images, size, device))
    }
}

fn places<B: Backend>(
    images: usize,
    [full_height, full_width]: [usize; 2],
    device: &B::Device,
) -> PixelIndices<B> {
    let (height, width) = (full_height / 2, full_width / 2);
    let count = images * height * width;
    let mut quarters = [const { Vec::new() }; 4];
    let mut back = vec![4 * count; images * full_height * full_width];
    for image in 0..images {
        for row in 0..2 * height {
            for column in 0..2 * width {
                let pixel = (image * full_height + row) * full_width + column;
                let quarter = row % 2 * 2 + column % 2;
                back[pixel] = quarter * count + (image * height + row / 2) * width + column / 2;
                quarters[quarter].push(pixel);
            }
        }
    }
    let rows = |places: Vec<usize>| {
        let rows: Vec<i32> = places
            .iter()
            .map(|&place| i32::try_from(place).expect("a batch is below 2³¹ pixels"))
            .collect();
        let count = rows.len();
        Tensor::from_data(TensorData::new(rows, [count]), device)
    };
    PixelIndices {
        quarters: quarters.map(rows),
        back: rows(back),
    }
}
