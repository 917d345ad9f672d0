//! Pooling of images: each 2 × 2 becomes one number.

use burn::tensor::backend::Backend;
use burn::tensor::{Bool, Tensor};

use crate::spec::Pooling;

/// The shape of the images that come in; an odd last row or column is left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pool {
    pub(super) pooling: Pooling,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
}

impl Pool {
    /// The pooled images: `[members, batch, height/2·width/2·channels]`.
    pub(super) fn forward<B: Backend>(self, input: Tensor<B, 3>) -> Tensor<B, 3> {
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
    pub(super) fn backward<B: Backend>(
        self,
        input: Tensor<B, 3>,
        output: Tensor<B, 3>,
        output_gradient: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        let shape = input.dims();
        let images = shape[0] * shape[1];
        let small = self.small(images);
        let gradient = output_gradient.reshape(small);
        let parts = match self.pooling {
            Pooling::Average | Pooling::None => {
                let part = gradient.mul_scalar(0.25);
                [part.clone(), part.clone(), part.clone(), part]
            }
            Pooling::Max => {
                let highest = output.reshape(small);
                let mut taken: Option<Tensor<B, 5, Bool>> = None;
                self.quarters(input).map(|quarter| {
                    let equal = quarter.equal(highest.clone());
                    let first = match &taken {
                        None => equal.clone(),
                        Some(taken) => equal.clone().bool_and(taken.clone().bool_not()),
                    };
                    taken = Some(match taken.take() {
                        None => equal,
                        Some(taken) => taken.bool_or(equal),
                    });
                    gradient.clone().mask_fill(first.bool_not(), 0.0)
                })
            }
        };
        let [a, b, c, d] = parts;
        let rows = [Tensor::cat(vec![a, b], 3), Tensor::cat(vec![c, d], 3)];
        let whole = Tensor::cat(Vec::from(rows), 1);
        let (height, width) = (self.height / 2 * 2, self.width / 2 * 2);
        let mut image = whole.reshape([images, height, width, self.channels]);
        if width < self.width {
            let rest = [images, height, 1, self.channels];
            image = Tensor::cat(vec![image.clone(), Tensor::zeros(rest, &image.device())], 2);
        }
        if height < self.height {
            let rest = [images, 1, self.width, self.channels];
            image = Tensor::cat(vec![image.clone(), Tensor::zeros(rest, &image.device())], 1);
        }
        image.reshape(shape)
    }

    /// The four numbers of each 2 × 2, each `[images·height/2, 1, width/2, 1, channels]`.
    fn quarters<B: Backend>(self, input: Tensor<B, 3>) -> [Tensor<B, 5>; 4] {
        let [members, batch, _] = input.dims();
        let images = members * batch;
        let (half_height, half_width) = (self.height / 2, self.width / 2);
        let mut image = input.reshape([images, self.height, self.width, self.channels]);
        if self.height % 2 == 1 || self.width % 2 == 1 {
            image = image.slice([
                0..images,
                0..2 * half_height,
                0..2 * half_width,
                0..self.channels,
            ]);
        }
        let pairs = image.reshape([images * half_height, 2, half_width, 2, self.channels]);
        let quarter = |row: usize, column: usize| {
            pairs.clone().slice([
                0..images * half_height,
                row..row + 1,
                0..half_width,
                column..column + 1,
                0..self.channels,
            ])
        };
        [quarter(0, 0), quarter(0, 1), quarter(1, 0), quarter(1, 1)]
    }

    fn small(self, images: usize) -> [usize; 5] {
        [
            images * (self.height / 2),
            1,
            self.width / 2,
            1,
            self.channels,
        ]
    }
}
