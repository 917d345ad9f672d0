//! A convolution together with batch norm, ReLU and max pooling.
//!
//! Each of these stages alone would read and write images that no cache holds. Here the output of the
//! convolution is written once, and read once in each direction: the gradient of an image is used while it
//! is in the cache, and is never stored.

use crate::batch_norm::ColumnStatistics;
use crate::column_sums::{Values, add_rows};
use crate::convolution::{Convolution, ConvolutionShape, WeightGradientSum, rotated};
use crate::moments::Moments;
use crate::norm_gradient::norm_gradient;
use crate::rectifier::{Normalisation, RectifiedGradient, rectify};

/// The shape of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockShape {
    /// The convolution.
    pub convolution: ConvolutionShape,
    /// Whether the maximum of each window of 2 × 2 pixels is taken. An odd last row or column is ignored.
    pub pooled: bool,
}

impl BlockShape {
    /// The number of values of an image that the convolution returns.
    pub fn convolved(self) -> usize {
        self.convolution.pixels() * self.convolution.outputs
    }

    /// The number of values of an image that the block returns.
    pub fn output(self) -> usize {
        let window = if self.pooled { 2 } else { 1 };
        let [height, width] = self.convolution.size;
        height / window * (width / window) * self.convolution.outputs
    }

    /// The number of values of an image in [`BlockOutput::maxima`].
    pub fn maxima(self) -> usize {
        if self.pooled { self.output() } else { 0 }
    }
}

/// The layer of a block, and the weight and bias of its norm.
#[derive(Clone, Copy, Debug)]
pub struct BlockParameters<'a> {
    /// `[kernel, kernel, inputs, outputs]`
    pub weight: &'a [f32],
    /// `[outputs]`
    pub bias: &'a [f32],
    /// Weight and bias of the norm, if there is one: `[outputs]`.
    pub norm: Option<[&'a [f32]; 2]>,
}

/// What a block computes of images in training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockOutput {
    /// The output of the convolution: `[count, height, width, outputs]`.
    pub convolved: Vec<f32>,
    /// The values of `convolved` that became the maxima of their windows; empty without pooling.
    pub maxima: Vec<f32>,
    /// The output of the block.
    pub output: Vec<f32>,
}

/// Appends what a block computes of images in training, where batch norm uses the statistics of all these
/// images, and returns the statistics.
///
/// # Panics
/// If a length does not match the shape.
pub fn block(
    output: &mut BlockOutput,
    images: &[f32],
    parameters: BlockParameters<'_>,
    epsilon: f32,
    shape: BlockShape,
) -> Option<ColumnStatistics> {
    let mut padded = shape.convolution.padded_input();
    let mut convolution =
        Convolution::new(parameters.weight, Some(parameters.bias), shape.convolution);
    let images = shape.convolution.input_images(images);
    let first = output.convolved.len();
    output.convolved.reserve(images.len() * shape.convolved());
    let mut sums = parameters
        .norm
        .map(|_| Moments::new(shape.convolution.outputs));
    for image in images {
        padded.fill(image);
        let first = output.convolved.len();
        convolution.append(&mut output.convolved, &padded);
        if let Some(sums) = &mut sums {
            sums.add(&output.convolved[first..]);
        }
    }
    let statistics = sums.map(|sums| sums.statistics(epsilon));
    let normalisation = Normalisation::new(
        shape.convolution.outputs,
        statistics.as_ref().map(|s| [&s.mean[..], &s.scale[..]]),
        parameters.norm,
    );
    let convolved = &output.convolved[first..];
    for image in convolved.chunks_exact(shape.convolved().max(1)) {
        rectify(
            &mut output.output,
            Some(&mut output.maxima),
            image,
            &normalisation,
            shape,
        );
    }
    statistics
}

/// Appends what a block computes of images, with batch norm by these means and factors.
///
/// # Panics
/// If a length does not match the shape.
pub fn predict_block(
    output: &mut Vec<f32>,
    images: &[f32],
    parameters: BlockParameters<'_>,
    statistics: Option<[&[f32]; 2]>,
    shape: BlockShape,
) {
    let mut padded = shape.convolution.padded_input();
    let mut convolution =
        Convolution::new(parameters.weight, Some(parameters.bias), shape.convolution);
    let normalisation = Normalisation::new(shape.convolution.outputs, statistics, parameters.norm);
    let images = shape.convolution.input_images(images);
    output.reserve(images.len() * shape.output());
    let mut convolved = Vec::with_capacity(shape.convolved());
    for image in images {
        padded.fill(image);
        convolved.clear();
        convolution.append(&mut convolved, &padded);
        rectify(output, None, &convolved, &normalisation, shape);
    }
}

/// What the backward pass of a block needs from its forward pass.
#[derive(Clone, Copy, Debug)]
pub struct BlockCache<'a> {
    /// The input of the block.
    pub images: &'a [f32],
    /// [`BlockOutput::convolved`]
    pub convolved: &'a [f32],
    /// [`BlockOutput::maxima`]
    pub maxima: &'a [f32],
    /// [`BlockOutput::output`]
    pub output: &'a [f32],
    /// The mean and the scale of [`ColumnStatistics`], if there is a norm.
    pub statistics: Option<[&'a [f32]; 2]>,
}

/// The gradients of the parameters of a block.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockGradients {
    /// That of the convolution's weight: `[kernel, kernel, inputs, outputs]`.
    pub weight: Vec<f32>,
    /// That of its bias: `[outputs]`.
    pub bias: Vec<f32>,
    /// Those of the norm's weight and bias: `[outputs]`.
    pub norm: Option<[Vec<f32>; 2]>,
}

/// The gradients of [`block`], given that of its output. Appends that of the images to `input_gradient`, if
/// one is asked for.
///
/// # Panics
/// If a length does not match the shape.
pub fn block_gradient(
    gradient: &[f32],
    cache: BlockCache<'_>,
    parameters: BlockParameters<'_>,
    mut input_gradient: Option<&mut Vec<f32>>,
    shape: BlockShape,
) -> BlockGradients {
    let outputs = shape.convolution.outputs;
    let images = shape.convolution.input_images(cache.images);
    let count = images.len();
    assert_eq!(
        cache.convolved.len(),
        count * shape.convolved(),
        "convolved"
    );
    assert_eq!(cache.maxima.len(), count * shape.maxima(), "maxima");
    assert_eq!(cache.output.len(), count * shape.output(), "output");
    assert_eq!(gradient.len(), cache.output.len(), "a gradient for each");
    let norm = cache.statistics.map(|statistics| {
        let values = if shape.pooled {
            cache.maxima
        } else {
            cache.convolved
        };
        norm_gradient(gradient, Some(cache.output), values, statistics)
    });
    let normalisation = Normalisation::new(outputs, cache.statistics, parameters.norm);
    let rows = count * shape.convolution.pixels();
    let of_image = RectifiedGradient::new(&normalisation, norm.as_ref(), rows, shape);
    let mut weight = WeightGradientSum::new(shape.convolution);
    let mut bias = [vec![0.0; outputs]];
    let mut padded = shape.convolution.padded_input();
    let reversed = shape.convolution.reversed();
    let mut padded_gradient = reversed.padded_input();
    let rotated = match input_gradient {
        Some(_) => rotated(parameters.weight, shape.convolution),
        None => Vec::new(),
    };
    let mut to_input = input_gradient
        .as_ref()
        .map(|_| Convolution::new(&rotated, None, reversed));
    if let Some(input_gradient) = &mut input_gradient {
        input_gradient.reserve(cache.images.len());
    }
    let (convolved, output) = (shape.convolved(), shape.output());
    for (index, image) in images.enumerate() {
        of_image.write(
            &mut padded_gradient,
            &gradient[index * output..][..output],
            &cache.convolved[index * convolved..][..convolved],
            &cache.maxima[index * shape.maxima()..][..shape.maxima()],
            &cache.output[index * output..][..output],
        );
        padded.fill(image);
        weight.add(&padded, padded_gradient.pixels(), padded_gradient.pitch());
        for row in padded_gradient.rows_mut() {
            let values = Values {
                values: row,
                columns: outputs,
            };
            add_rows(&mut bias, shape.convolution.size[1], values);
        }
        if let (Some(to_input), Some(input_gradient)) = (&mut to_input, &mut input_gradient) {
            to_input.append(input_gradient, &padded_gradient);
        }
    }
    BlockGradients {
        weight: weight.finish(),
        bias: bias.iter().flatten().map(|&sum| sum as f32).collect(),
        norm,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        PoolShape, Pooling, convolve, input_gradient, normalise_columns,
        normalise_columns_gradient, pool, pool_gradient, weight_gradient,
    };

    const COUNT: usize = 3;
    const EPSILON: f32 = 1e-5;

    /// Numbers of which some are equal.
    fn numbers(count: usize, step: usize) -> Vec<f32> {
        let number = |i: usize| ((i * step + i * i) % 23) as f32 / 8.0 - 1.3;
        (0..count).map(number).collect()
    }

    fn assert_close(found: &[f32], expected: &[f32], what: &str) {
        assert_eq!(found.len(), expected.len(), "{what}");
        let largest = expected
            .iter()
            .fold(0.0_f32, |most, value| most.max(value.abs()));
        for (found, expected) in found.iter().zip(expected) {
            let error = (found - expected).abs();
            assert!(
                error <= 1e-5 * largest.max(1.0),
                "{what}: {found} {expected}"
            );
        }
    }

    #[test]
    fn a_block_computes_what_its_stages_compute() {
        let sizes = [[6, 4], [5, 7], [2, 2], [1, 3]];
        let channels = [(3, 16), (2, 5), (16, 33)];
        let settings = sizes
            .into_iter()
            .flat_map(|size| channels.map(|channels| (size, channels)));
        for (size, (inputs, outputs)) in settings {
            for (pooled, normed) in [(true, true), (true, false), (false, true), (false, false)] {
                compare(
                    BlockShape {
                        convolution: ConvolutionShape {
                            size,
                            inputs,
                            outputs,
                            kernel: 3,
                        },
                        pooled,
                    },
                    normed,
                );
            }
        }
    }

    /// Compares a block with its stages one after the other.
    fn compare(shape: BlockShape, normed: bool) {
        let what = format!("{shape:?} {normed}");
        let ConvolutionShape {
            size,
            inputs,
            outputs,
            ..
        } = shape.convolution;
        let images = numbers(COUNT * size[0] * size[1] * inputs, 3);
        let weight = numbers(9 * inputs * outputs, 5);
        let [bias, norm_weight, norm_bias] = [2, 7, 11].map(|step| numbers(outputs, step));
        let parameters = BlockParameters {
            weight: &weight,
            bias: &bias,
            norm: normed.then_some([&norm_weight, &norm_bias]),
        };
        let pool_shape = PoolShape {
            size,
            channels: outputs,
        };

        let mut convolved = Vec::new();
        convolve(
            &mut convolved,
            &images,
            &weight,
            Some(&bias),
            shape.convolution,
        );
        let mut found = BlockOutput::default();
        let found_statistics = block(&mut found, &images, parameters, EPSILON, shape);
        assert_eq!(found.convolved, convolved, "{what}");
        assert_eq!(found_statistics.is_some(), normed, "{what}");
        let mut rectified = convolved.clone();
        if let Some(statistics) = &found_statistics {
            let mut output = Vec::new();
            let expected =
                normalise_columns(&convolved, &norm_weight, &norm_bias, EPSILON, &mut output);
            // Sums of parts are rounded differently.
            assert_close(&statistics.mean, &expected.mean, &what);
            assert_close(&statistics.scale, &expected.scale, &what);
            assert_close(&statistics.variance, &expected.variance, &what);
            for pixel in rectified.chunks_exact_mut(outputs) {
                for (channel, value) in pixel.iter_mut().enumerate() {
                    let centred = *value - statistics.mean[channel];
                    let normalised = centred * statistics.scale[channel];
                    *value = normalised * norm_weight[channel] + norm_bias[channel];
                }
            }
        }
        rectified
            .iter_mut()
            .for_each(|value| *value = value.max(0.0));
        let mut output = vec![0.0; COUNT * shape.output()];
        if shape.pooled {
            pool(&mut output, &rectified, Pooling::Max, pool_shape);
        } else {
            output.clone_from(&rectified);
        }

        assert_eq!(found.output, output, "{what}");
        let statistics = found_statistics
            .as_ref()
            .map(|s| [&s.mean[..], &s.scale[..]]);
        let mut predicted = Vec::new();
        predict_block(&mut predicted, &images, parameters, statistics, shape);
        assert_eq!(predicted, output, "{what}");

        let gradient = numbers(output.len(), 13);
        let mut expected = vec![0.0; convolved.len()];
        if shape.pooled {
            pool_gradient(
                &mut expected,
                &gradient,
                &rectified,
                Pooling::Max,
                pool_shape,
            );
        } else {
            expected.clone_from(&gradient);
        }
        for (gradient, output) in expected.iter_mut().zip(&rectified) {
            if *output <= 0.0 {
                *gradient = 0.0;
            }
        }
        let norm = statistics.map(|[mean, scale]| {
            normalise_columns_gradient(&mut expected, &convolved, mean, scale, &norm_weight)
        });
        let mut expected_input = Vec::new();
        input_gradient(&mut expected_input, &expected, &weight, shape.convolution);
        let expected_weight = weight_gradient(&images, &expected, shape.convolution);

        let cache = BlockCache {
            images: &images,
            convolved: &found.convolved,
            maxima: &found.maxima,
            output: &found.output,
            statistics,
        };
        let mut input = Vec::new();
        let gradients = block_gradient(&gradient, cache, parameters, Some(&mut input), shape);
        assert_close(&input, &expected_input, &what);
        assert_close(&gradients.weight, &expected_weight, &what);
        let mut bias = vec![0.0; outputs];
        for pixel in expected.chunks_exact(outputs) {
            bias.iter_mut()
                .zip(pixel)
                .for_each(|(sum, value)| *sum += value);
        }
        assert_close(&gradients.bias, &bias, &what);
        assert_eq!(gradients.norm.is_some(), normed, "{what}");
        for (found, expected) in gradients.norm.iter().flatten().zip(norm.iter().flatten()) {
            assert_close(found, expected, &what);
        }
        let without = block_gradient(&gradient, cache, parameters, None, shape);
        assert_eq!(without, gradients, "{what}");
    }
}
