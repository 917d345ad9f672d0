//! Convolutions of images with stride 1, padded with zeros so that images keep their size.

use crate::aligned::Aligned;
use crate::convolution_kernels::{ConvolvedRow, KernelLayout, WeightGradient, lanes};
use crate::padded_image::PaddedImage;

/// The maximum number of values of the input or of the gradient that are processed at once for the gradient of
/// the weight: 128 KiB, which stay in the second-level cache.
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
    pub(crate) fn reversed(self) -> Self {
        Self {
            inputs: self.outputs,
            outputs: self.inputs,
            ..self
        }
    }

    /// The number of pixels of an image.
    pub(crate) fn pixels(self) -> usize {
        product(self.size)
    }

    /// The number of weights: `kernel² · inputs · outputs`.
    pub(crate) fn weights(self) -> usize {
        product([self.kernel, self.kernel, self.inputs, self.outputs])
    }

    /// An image of zeros with the size of the input and a border for the kernel.
    ///
    /// # Panics
    /// If the length of the kernel is even, or there are no channels.
    pub(crate) fn padded_input(self) -> PaddedImage {
        assert!(self.kernel % 2 == 1, "the length of a kernel is odd");
        assert!(self.inputs > 0 && self.outputs > 0, "there are channels");
        PaddedImage::new(self.size, self.inputs, self.kernel / 2)
    }

    /// The images of the input, `[height, width, inputs]` each.
    ///
    /// # Panics
    /// If the last image is not whole.
    pub(crate) fn input_images(self, images: &[f32]) -> std::slice::ChunksExact<'_, f32> {
        let size = product([self.pixels(), self.inputs]);
        assert!(images.len().is_multiple_of(size.max(1)), "whole images");
        images.chunks_exact(size.max(1))
    }

    fn layout(self, pitch: usize) -> KernelLayout {
        KernelLayout {
            kernel: self.kernel,
            inputs: self.inputs,
            pitch,
        }
    }
}

/// # Panics
/// If the product of lengths overflows.
fn product<const COUNT: usize>(lengths: [usize; COUNT]) -> usize {
    let mut lengths = lengths.into_iter();
    let product = lengths.try_fold(1_usize, |product, length| product.checked_mul(length));
    product.expect("an image is smaller than the address space")
}

/// Appends `images ∗ weight + bias` to `output`, image by image.
///
/// `images` are `[count, height, width, inputs]`, the output is `[count, height, width, outputs]`; `weight`
/// is `[kernel, kernel, inputs, outputs]`. Outside of an image, its pixels count as zeros.
///
/// # Panics
/// If a length does not match the shape, the length of the kernel is even, or there are no channels.
pub fn convolve(
    output: &mut Vec<f32>,
    images: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
    shape: ConvolutionShape,
) {
    let mut convolution = Convolution::new(weight, bias, shape);
    let mut padded = shape.padded_input();
    let images = shape.input_images(images);
    output.reserve(images.len() * shape.pixels() * shape.outputs);
    for image in images {
        padded.fill(image);
        convolution.append(output, &padded);
    }
}

/// A convolution with its weight.
pub(crate) struct Convolution {
    shape: ConvolutionShape,
    /// `[kernel, kernel, inputs, channels]`: the outputs, padded with zeros to whole vectors.
    weight: Aligned,
    /// `[channels]`
    bias: Aligned,
    /// A row of the output: `[width, channels]`.
    row: Aligned,
}

impl Convolution {
    /// # Panics
    /// If a length does not match the shape.
    pub(crate) fn new(weight: &[f32], bias: Option<&[f32]>, shape: ConvolutionShape) -> Self {
        assert_eq!(weight.len(), shape.weights(), "the weight has its shape");
        let zeros = vec![0.0; shape.outputs];
        let bias = bias.unwrap_or(&zeros);
        assert_eq!(bias.len(), shape.outputs, "a bias for each output");
        let bias = padded_to_vectors(bias, shape.outputs);
        Self {
            weight: padded_to_vectors(weight, shape.outputs),
            row: Aligned::zeros(shape.size[1] * bias.len()),
            bias,
            shape,
        }
    }

    /// Appends the output for an image, `[height, width, outputs]`.
    pub(crate) fn append(&mut self, output: &mut Vec<f32>, image: &PaddedImage) {
        let outputs = self.shape.outputs;
        for y in 0..self.shape.size[0] {
            let row = ConvolvedRow {
                output: &mut self.row,
                pixels: image.rows_from(y),
                layout: self.shape.layout(image.pitch()),
                weight: &self.weight,
                bias: &self.bias,
            };
            row.compute();
            if self.bias.len() == outputs {
                output.extend_from_slice(&self.row);
            } else {
                for pixel in self.row.chunks_exact(self.bias.len()) {
                    output.extend_from_slice(&pixel[..outputs]);
                }
            }
        }
    }
}

/// Copies rows of `channels` values and pads each with zeros to whole vectors.
fn padded_to_vectors(values: &[f32], channels: usize) -> Aligned {
    let whole = channels.next_multiple_of(lanes());
    let mut rows = Aligned::zeros(values.len() / channels.max(1) * whole);
    for (row, values) in rows
        .chunks_exact_mut(whole.max(1))
        .zip(values.chunks_exact(channels.max(1)))
    {
        row[..channels].copy_from_slice(values);
    }
    rows
}

/// [`padded_to_vectors`] for the first `rows` rows of `row` values, which begin `pitch` values after each other.
fn padded_rows(values: &[f32], pitch: usize, [rows, row]: [usize; 2], channels: usize) -> Aligned {
    let rows = values.chunks(pitch.max(1)).take(rows);
    let pixels: Vec<&[f32]> = rows.map(|values| &values[..row]).collect();
    padded_to_vectors(&pixels.concat(), channels)
}

/// The gradient of the weight, `[kernel, kernel, inputs, outputs]`, given the images and the gradient of the
/// output.
///
/// # Panics
/// If a length does not match the shape, the length of the kernel is even, or there are no channels.
pub fn weight_gradient(images: &[f32], gradient: &[f32], shape: ConvolutionShape) -> Vec<f32> {
    let mut sum = WeightGradientSum::new(shape);
    let mut padded = shape.padded_input();
    let images = shape.input_images(images);
    let size = shape.pixels() * shape.outputs;
    assert_eq!(
        gradient.len(),
        images.len() * size,
        "a gradient for each output"
    );
    for (gradient, image) in gradient.chunks_exact(size.max(1)).zip(images) {
        padded.fill(image);
        sum.add(&padded, gradient, shape.size[1] * shape.outputs);
    }
    sum.finish()
}

/// The gradient of a weight, summed over images.
pub(crate) struct WeightGradientSum {
    shape: ConvolutionShape,
    /// `[kernel, kernel, inputs, channels]`: the outputs, padded to whole vectors.
    sum: Vec<f32>,
    channels: usize,
}

impl WeightGradientSum {
    pub(crate) fn new(shape: ConvolutionShape) -> Self {
        let channels = shape.outputs.next_multiple_of(lanes());
        Self {
            sum: vec![0.0; shape.kernel * shape.kernel * shape.inputs * channels],
            channels,
            shape,
        }
    }

    /// Adds the weight gradient of an image. `gradient` is the gradient of its output, whose rows begin
    /// `gradient_pitch` values after each other.
    pub(crate) fn add(&mut self, image: &PaddedImage, gradient: &[f32], gradient_pitch: usize) {
        let [height, width] = self.shape.size;
        let outputs = self.shape.outputs;
        let row = width * self.channels;
        let longest = image.pitch().max(row).max(1);
        let rows_at_once = (MAX_BAND / longest).clamp(1, height.max(1));
        for first in (0..height).step_by(rows_at_once) {
            let rows = rows_at_once.min(height - first);
            let gradient = &gradient[first * gradient_pitch..];
            let copy;
            let (gradient, gradient_pitch) = if self.channels == outputs {
                (gradient, gradient_pitch)
            } else {
                copy = padded_rows(gradient, gradient_pitch, [rows, width * outputs], outputs);
                (&copy[..], row)
            };
            let band = WeightGradient {
                sum: &mut self.sum,
                pixels: image.rows_from(first),
                layout: self.shape.layout(image.pitch()),
                gradient,
                gradient_pitch,
                positions: [rows, width],
                channels: self.channels,
            };
            band.add();
        }
    }

    /// The sum, `[kernel, kernel, inputs, outputs]`.
    pub(crate) fn finish(self) -> Vec<f32> {
        if self.channels == self.shape.outputs {
            return self.sum;
        }
        let rows = self.sum.chunks_exact(self.channels);
        rows.flat_map(|row| &row[..self.shape.outputs])
            .copied()
            .collect()
    }
}

/// Appends the gradient of the images, given that of the output: its convolution with the kernel rotated by
/// 180°, with inputs and outputs exchanged.
///
/// # Panics
/// If a length does not match the shape, the length of the kernel is even, or there are no channels.
pub fn input_gradient(
    output: &mut Vec<f32>,
    gradient: &[f32],
    weight: &[f32],
    shape: ConvolutionShape,
) {
    let rotated = rotated(weight, shape);
    convolve(output, gradient, &rotated, None, shape.reversed());
}

/// The kernel rotated by 180°, with inputs and outputs exchanged.
///
/// # Panics
/// If the length does not match the shape.
pub(crate) fn rotated(weight: &[f32], shape: ConvolutionShape) -> Vec<f32> {
    assert_eq!(weight.len(), shape.weights(), "the weight has its shape");
    let (inputs, outputs) = (shape.inputs, shape.outputs);
    let tap = (inputs * outputs).max(1);
    let mut rotated = vec![0.0; weight.len()];
    let taps = weight.chunks_exact(tap).rev();
    for (rotated, weight) in rotated.chunks_exact_mut(tap).zip(taps) {
        for (input, weight) in weight.chunks_exact(outputs).enumerate() {
            for (output, weight) in weight.iter().enumerate() {
                rotated[output * inputs + input] = *weight;
            }
        }
    }
    rotated
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
                    let radius = shape.kernel / 2;
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
    #[should_panic(expected = "smaller than the address space")]
    fn a_shape_that_overflows_is_refused() {
        let shape = ConvolutionShape {
            size: [1, 16],
            inputs: 1 << 60,
            outputs: 16,
            kernel: 1,
        };
        convolve(&mut Vec::new(), &[0.0], &[], None, shape);
    }

    #[test]
    #[should_panic(expected = "there are channels")]
    fn images_without_channels_are_refused() {
        let shape = ConvolutionShape {
            size: [1, 1],
            inputs: 0,
            outputs: 1,
            kernel: 1,
        };
        convolve(&mut Vec::new(), &[], &[], None, shape);
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
