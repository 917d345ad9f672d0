//! Convolutions of images as matrix products, without a matrix of patches in memory.
//!
//! An image with a border of zeros, read as a matrix whose rows overlap, holds in each row the pixels under
//! one row of the kernel. The convolution is the sum of one product for each row of the kernel. Positions
//! that span two rows of the image are computed and ignored.

use crate::product::{Matrix, multiply_into};
use std::ops::Range;

/// The maximum number of values of the input or output that are computed at once: 128 KiB, which stay in the
/// second-level cache while the rows of the kernel are added up.
const MAX_BAND: usize = 32 << 10;

/// The shape of a convolution with stride 1 of images `[height, width, channels]` that keep their size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvolutionShape {
    /// Height and width of images.
    pub size: [usize; 2],
    /// Channels of the input.
    pub inputs: usize,
    /// Channels of the output.
    pub outputs: usize,
    /// Height and width of the kernel, an odd number.
    pub kernel: usize,
}

impl ConvolutionShape {
    /// The shape with inputs and outputs exchanged, which gives the gradient of the input.
    fn reversed(self) -> Self {
        Self {
            inputs: self.outputs,
            outputs: self.inputs,
            ..self
        }
    }

    fn pixels(self) -> usize {
        self.size[0] * self.size[1]
    }

    fn radius(self) -> usize {
        self.kernel / 2
    }

    /// The width of an image with its borders.
    fn padded_width(self) -> usize {
        self.size[1] + 2 * self.radius()
    }

    /// The number of positions of the kernel in so many rows of the image, also of those that span two rows.
    fn positions(self, rows: usize) -> usize {
        match rows {
            0 => 0,
            _ => (rows - 1) * self.padded_width() + self.size[1],
        }
    }

    /// The ranges of rows of the image that are computed at once: small enough for the second-level cache,
    /// and single rows if most positions would span two.
    fn bands(self) -> impl Iterator<Item = Range<usize>> {
        let [height, width] = self.size;
        let rows = if 2 * self.radius() > width / 2 {
            1
        } else {
            (MAX_BAND / (self.padded_width() * self.inputs.max(self.outputs)).max(1)).max(1)
        };
        (0..height)
            .step_by(rows)
            .map(move |first| first..height.min(first + rows))
    }

    /// # Panics
    /// If the kernel has no centre.
    fn check_kernel(self) {
        assert!(self.kernel % 2 == 1, "the length of a kernel is odd");
    }

    /// The length of a row of the kernel.
    fn row(self) -> usize {
        self.kernel * self.inputs
    }

    fn weights(self) -> usize {
        self.kernel * self.row() * self.outputs
    }
}

/// Appends `images ∗ weight + bias` to `output`, image by image.
///
/// `images` are `[count, height, width, inputs]`, the output is `[count, height, width, outputs]`; `weight`
/// is `[kernel, kernel, inputs, outputs]`. Outside of an image, its pixels count as zeros.
///
/// # Panics
/// If a length does not match the shape.
pub fn convolve(
    output: &mut Vec<f32>,
    images: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
    shape: ConvolutionShape,
) {
    shape.check_kernel();
    assert_eq!(weight.len(), shape.weights(), "the weight has its shape");
    assert!(
        bias.is_none_or(|bias| bias.len() == shape.outputs),
        "a bias for each output"
    );
    let images = of_images(images, shape);
    output.reserve(images.len() * shape.pixels() * shape.outputs);
    let mut padded = Padded::new(shape);
    let width = shape.size[1] * shape.outputs;
    let pitch = shape.padded_width() * shape.outputs;
    let mut at_positions = Vec::new();
    for image in images {
        padded.fill(image);
        for band in shape.bands() {
            at_positions.resize(shape.positions(band.len()) * shape.outputs, 0.0);
            let rows = weight.chunks_exact(shape.row() * shape.outputs);
            for (row, weight) in rows.enumerate() {
                let patches = padded.patches(row, &band);
                let weight = Matrix::new(weight, [shape.row(), shape.outputs]);
                let keep = if row == 0 { 0.0 } else { 1.0 };
                multiply_into(&mut at_positions, keep, patches, weight, 1.0);
            }
            for row in 0..band.len() {
                let first = output.len();
                output.extend_from_slice(&at_positions[row * pitch..][..width]);
                if let Some(bias) = bias {
                    add_to_pixels(&mut output[first..], bias);
                }
            }
        }
    }
}

/// The gradient of the weight, `[kernel, kernel, inputs, outputs]`, given the images and the gradient of the
/// output.
///
/// # Panics
/// If a length does not match the shape.
pub fn weight_gradient(images: &[f32], gradient: &[f32], shape: ConvolutionShape) -> Vec<f32> {
    shape.check_kernel();
    let mut sum = vec![0.0; shape.weights()];
    let mut padded = Padded::new(shape);
    let mut at_positions = Vec::new();
    let width = shape.size[1] * shape.outputs;
    let pitch = shape.padded_width() * shape.outputs;
    let images = of_images(images, shape);
    let size = shape.pixels() * shape.outputs;
    assert_eq!(
        gradient.len(),
        images.len() * size,
        "a gradient for each output"
    );
    for (gradient, image) in gradient.chunks_exact(size.max(1)).zip(images) {
        padded.fill(image);
        for band in shape.bands() {
            // Positions that span two rows keep a gradient of zero.
            at_positions.resize(shape.positions(band.len()) * shape.outputs, 0.0);
            let gradient = &gradient[band.start * width..band.end * width];
            for (row, gradient) in gradient.chunks_exact(width).enumerate() {
                at_positions[row * pitch..][..width].copy_from_slice(gradient);
            }
            let size = [shape.positions(band.len()), shape.outputs];
            let gradient = Matrix::new(&at_positions, size);
            let rows = sum.chunks_exact_mut(shape.row() * shape.outputs);
            for (row, sum) in rows.enumerate() {
                let patches = padded.patches(row, &band);
                multiply_into(sum, 1.0, patches.transposed(), gradient, 1.0);
            }
        }
    }
    sum
}

/// Appends the gradient of the images, given that of the output: its convolution with the kernel rotated by
/// 180°, with inputs and outputs exchanged.
///
/// # Panics
/// If a length does not match the shape.
pub fn input_gradient(
    output: &mut Vec<f32>,
    gradient: &[f32],
    weight: &[f32],
    shape: ConvolutionShape,
) {
    assert_eq!(weight.len(), shape.weights(), "the weight has its shape");
    let (inputs, outputs) = (shape.inputs, shape.outputs);
    let mut rotated = vec![0.0; weight.len()];
    let kernels = weight.chunks_exact((inputs * outputs).max(1)).rev();
    for (rotated, weight) in rotated
        .chunks_exact_mut((inputs * outputs).max(1))
        .zip(kernels)
    {
        for (input, weight) in weight.chunks_exact(outputs).enumerate() {
            for (output, weight) in weight.iter().enumerate() {
                rotated[output * inputs + input] = *weight;
            }
        }
    }
    convolve(output, gradient, &rotated, None, shape.reversed());
}

/// The images one by one.
fn of_images(images: &[f32], shape: ConvolutionShape) -> std::slice::ChunksExact<'_, f32> {
    let size = shape.pixels() * shape.inputs;
    assert!(images.len().is_multiple_of(size.max(1)), "whole images");
    images.chunks_exact(size.max(1))
}

/// Adds a value for each channel to each pixel.
fn add_to_pixels(pixels: &mut [f32], bias: &[f32]) {
    crate::vectorised(|| {
        for pixel in pixels.chunks_exact_mut(bias.len()) {
            for (value, bias) in pixel.iter_mut().zip(bias) {
                *value += bias;
            }
        }
    });
}

/// An image with borders of zeros.
struct Padded {
    shape: ConvolutionShape,
    values: Vec<f32>,
}

impl Padded {
    fn new(shape: ConvolutionShape) -> Self {
        let rows = shape.size[0] + 2 * shape.radius();
        Self {
            values: vec![0.0; rows * shape.padded_width() * shape.inputs],
            shape,
        }
    }

    /// Replaces the image; the borders stay.
    fn fill(&mut self, image: &[f32]) {
        let shape = self.shape;
        let width = shape.size[1] * shape.inputs;
        let pitch = shape.padded_width() * shape.inputs;
        let first = shape.radius() * (pitch + shape.inputs);
        for (row, pixels) in image.chunks_exact(width.max(1)).enumerate() {
            self.values[first + row * pitch..][..width].copy_from_slice(pixels);
        }
    }

    /// The pixels under a row of the kernel, for each of its positions in a band of rows.
    fn patches(&self, row: usize, band: &Range<usize>) -> Matrix<'_> {
        let shape = self.shape;
        let first = (band.start + row) * shape.padded_width() * shape.inputs;
        let size = [shape.positions(band.len()), shape.row()];
        Matrix::overlapping(&self.values[first..], size, shape.inputs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small integers: their products and sums are exact in any order.
    fn numbers(count: usize, step: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * step) % 7) as f32 - 3.0).collect()
    }

    const SHAPES: [([usize; 2], usize, usize, usize); 7] = [
        // In several bands.
        ([24, 90], 2, 20, 3),
        ([5, 4], 3, 2, 3),
        ([1, 1], 1, 1, 3),
        ([2, 7], 16, 17, 3),
        ([3, 3], 2, 3, 5),
        ([4, 4], 1, 5, 1),
        ([8, 8], 4, 16, 7),
    ];

    fn shapes() -> impl Iterator<Item = ConvolutionShape> {
        let shapes = SHAPES.into_iter();
        shapes.map(|(size, inputs, outputs, kernel)| ConvolutionShape {
            size,
            inputs,
            outputs,
            kernel,
        })
    }

    /// Calls `function` with the indices of each pair of an input and an output value, and of the weight
    /// between them.
    fn pairs(shape: ConvolutionShape, mut function: impl FnMut(usize, usize, usize)) {
        let [height, width] = shape.size;
        for image in 0..COUNT {
            for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
                for (down, right) in
                    (0..shape.kernel).flat_map(|d| (0..shape.kernel).map(move |r| (d, r)))
                {
                    let (from_y, from_x) = (y + down, x + right);
                    let radius = shape.radius();
                    if from_y < radius
                        || from_x < radius
                        || from_y >= height + radius
                        || from_x >= width + radius
                    {
                        continue;
                    }
                    let to = (image * height + y) * width + x;
                    let from = (image * height + from_y - radius) * width + from_x - radius;
                    let area = down * shape.kernel + right;
                    for input in 0..shape.inputs {
                        for output in 0..shape.outputs {
                            function(
                                from * shape.inputs + input,
                                to * shape.outputs + output,
                                (area * shape.inputs + input) * shape.outputs + output,
                            );
                        }
                    }
                }
            }
        }
    }

    const COUNT: usize = 3;

    #[test]
    fn convolutions_and_their_gradients_are_sums_of_products() {
        for shape in shapes() {
            let images = numbers(COUNT * shape.pixels() * shape.inputs, 3);
            let gradient = numbers(COUNT * shape.pixels() * shape.outputs, 5);
            let (weight, bias) = (numbers(shape.weights(), 2), numbers(shape.outputs, 4));
            let mut expected = bias.repeat(COUNT * shape.pixels());
            let mut expected_weight = vec![0.0; weight.len()];
            let mut expected_input = vec![0.0; images.len()];
            pairs(shape, |from, to, between| {
                expected[to] += images[from] * weight[between];
                expected_weight[between] += images[from] * gradient[to];
                expected_input[from] += gradient[to] * weight[between];
            });
            let mut output = Vec::new();
            convolve(&mut output, &images, &weight, Some(&bias), shape);
            assert_eq!(output, expected, "{shape:?}");
            assert_eq!(
                weight_gradient(&images, &gradient, shape),
                expected_weight,
                "{shape:?}"
            );
            let mut output = Vec::new();
            input_gradient(&mut output, &gradient, &weight, shape);
            assert_eq!(output, expected_input, "{shape:?}");
        }
    }

    #[test]
    #[should_panic(expected = "whole images")]
    fn a_part_of_an_image_is_refused() {
        let shape = shapes().next().unwrap();
        convolve(
            &mut Vec::new(),
            &[0.0; 7],
            &vec![0.0; shape.weights()],
            None,
            shape,
        );
    }
}
