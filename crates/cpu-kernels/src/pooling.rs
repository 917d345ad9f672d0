//! Pooling of images with a 2 × 2 window and stride 2.

use crate::vectorised;

/// How the pixels of a window become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// Their maximum. NaN is ignored, unless it is the first pixel.
    Max,
    /// Their mean.
    Average,
}

/// The shape of images, `[height, width, channels]`. An odd last row or column is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolShape {
    /// Height and width.
    pub size: [usize; 2],
    /// The number of channels.
    pub channels: usize,
}

impl PoolShape {
    fn values(self) -> usize {
        self.size[0] * self.size[1] * self.channels
    }

    fn pooled_values(self) -> usize {
        self.size[0] / 2 * (self.size[1] / 2) * self.channels
    }

    /// The length of two rows of the image, and of the row of the output that they become.
    fn rows(self) -> [usize; 2] {
        let [_, width] = self.size;
        [2 * width * self.channels, width / 2 * self.channels]
    }

    /// The positions of the four pixels of a window in two rows, given its position in the pooled row.
    fn window(self, pixel: usize) -> [usize; 4] {
        let left = 2 * pixel * self.channels;
        let below = self.size[1] * self.channels + left;
        [left, left + self.channels, below, below + self.channels]
    }
}

/// Pools each image.
///
/// # Panics
/// If a length does not match the shape.
pub fn pool(output: &mut [f32], images: &[f32], pooling: Pooling, shape: PoolShape) {
    match pooling {
        Pooling::Max => pool_by(output, images, shape, maximum),
        Pooling::Average => pool_by(output, images, shape, mean),
    }
}

#[inline(always)]
fn maximum([a, b, c, d]: [f32; 4]) -> f32 {
    larger(larger(a, b), larger(c, d))
}

#[inline(always)]
fn mean([a, b, c, d]: [f32; 4]) -> f32 {
    (a + b + c + d) * 0.25
}

#[inline(always)]
fn pool_by(output: &mut [f32], images: &[f32], shape: PoolShape, pooled: impl Fn([f32; 4]) -> f32) {
    let channels = shape.channels;
    let [rows, pooled_row] = shape.rows();
    let (size, pooled_size) = (shape.values().max(1), shape.pooled_values());
    let count = images.len() / size;
    assert_eq!(images.len(), count * size, "whole images");
    assert_eq!(
        output.len(),
        count * pooled_size,
        "an output for each image"
    );
    let outputs = output.chunks_exact_mut(pooled_size.max(1));
    vectorised(
        #[inline(always)]
        || {
            for (output, image) in outputs.zip(images.chunks_exact(size)) {
                let windows = output.chunks_exact_mut(pooled_row);
                for (output, rows) in windows.zip(image.chunks_exact(rows)) {
                    for (pixel, output) in output.chunks_exact_mut(channels).enumerate() {
                        let [a, b, c, d] = shape.window(pixel).map(|at| &rows[at..][..channels]);
                        let values = a.iter().zip(b).zip(c.iter().zip(d));
                        for (output, ((&a, &b), (&c, &d))) in output.iter_mut().zip(values) {
                            *output = pooled([a, b, c, d]);
                        }
                    }
                }
            }
        },
    );
}

/// The gradient of the images, given that of the output. The first of equal maxima receives the gradient,
/// as in PyTorch.
///
/// # Panics
/// If a length does not match the shape.
pub fn pool_gradient(
    input_gradient: &mut [f32],
    gradient: &[f32],
    images: &[f32],
    pooling: Pooling,
    shape: PoolShape,
) {
    let quarter = |_: [f32; 4], gradient: f32| [gradient * 0.25; 4];
    match pooling {
        Pooling::Max => gradient_by(input_gradient, gradient, images, shape, at_first_maximum),
        Pooling::Average => gradient_by(input_gradient, gradient, images, shape, quarter),
    }
}

#[inline(always)]
fn gradient_by(
    input_gradient: &mut [f32],
    gradient: &[f32],
    images: &[f32],
    shape: PoolShape,
    parts: impl Fn([f32; 4], f32) -> [f32; 4],
) {
    let channels = shape.channels;
    let [rows, pooled_row] = shape.rows();
    let (size, pooled_size) = (shape.values().max(1), shape.pooled_values());
    let count = images.len() / size;
    assert_eq!(images.len(), count * size, "whole images");
    assert_eq!(
        input_gradient.len(),
        images.len(),
        "a gradient for each value"
    );
    assert_eq!(
        gradient.len(),
        count * pooled_size,
        "a gradient for each output"
    );
    if shape.size.iter().any(|length| length % 2 == 1) {
        // An odd last row or column receives none.
        input_gradient.fill(0.0);
    }
    let gradients = gradient.chunks_exact(pooled_size.max(1));
    let inputs = input_gradient.chunks_exact_mut(size);
    vectorised(
        #[inline(always)]
        || {
            for ((input, gradient), image) in inputs.zip(gradients).zip(images.chunks_exact(size)) {
                let windows = input.chunks_exact_mut(rows).zip(image.chunks_exact(rows));
                for ((input, rows), gradient) in windows.zip(gradient.chunks_exact(pooled_row)) {
                    // The two rows of the image, of which only whole windows count.
                    let (upper, lower) = input.split_at_mut(input.len() / 2);
                    let (above, below) = rows.split_at(rows.len() / 2);
                    let pairs = 2 * channels;
                    let upper = upper.chunks_exact_mut(pairs).zip(above.chunks_exact(pairs));
                    let lower = lower.chunks_exact_mut(pairs).zip(below.chunks_exact(pairs));
                    let windows = upper.zip(lower).zip(gradient.chunks_exact(channels));
                    for (((upper, above), (lower, below)), gradient) in windows {
                        let (upper, lower) =
                            (upper.split_at_mut(channels), lower.split_at_mut(channels));
                        let (above, below) = (above.split_at(channels), below.split_at(channels));
                        let values = above.0.iter().zip(above.1).zip(below.0.iter().zip(below.1));
                        let outputs = upper
                            .0
                            .iter_mut()
                            .zip(upper.1)
                            .zip(lower.0.iter_mut().zip(lower.1));
                        for ((((a, b), (c, d)), ((&va, &vb), (&vc, &vd))), &gradient) in
                            outputs.zip(values).zip(gradient)
                        {
                            [*a, *b, *c, *d] = parts([va, vb, vc, vd], gradient);
                        }
                    }
                }
            }
        },
    );
}

/// The larger of two numbers, without a branch; the first if they are equal.
#[inline(always)]
fn larger(one: f32, other: f32) -> f32 {
    if one < other { other } else { one }
}

/// The gradient at the position of the first maximum, 0 elsewhere.
#[inline(always)]
fn at_first_maximum(values: [f32; 4], gradient: f32) -> [f32; 4] {
    let [a, b, c, d] = values;
    let maximum = maximum(values);
    let is_first = [
        a == maximum,
        (b == maximum) & (a != maximum),
        (c == maximum) & (a != maximum) & (b != maximum),
        (d == maximum) & (a != maximum) & (b != maximum) & (c != maximum),
    ];
    is_first.map(|is_first| if is_first { gradient } else { 0.0 })
}
