//! A convolution, optional batch norm, ReLU and optional max pooling.
//!
//! Computed separately, each stage would read and write images that exceed the cache. Here, the output of the
//! convolution is stored once. In the backward pass, its gradient is computed for one image at a time and
//! used while that image is in the cache; it is never stored for the whole batch.

use crate::batch_norm::ColumnStatistics;
use crate::column_sums::{Values, add_rows};
use crate::convolution::{Convolution, ConvolutionShape, WeightGradientSum, rotated};
use crate::moments::Moments;
use crate::norm_gradient::norm_gradient;
use crate::norm_relu_pool::{NormReluPoolGradient, Normalisation, norm_relu_pool};

/// The shape of a block. Images are `[height, width, channels]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockShape {
    /// The convolution.
    pub convolution: ConvolutionShape,
    /// Whether a 2 × 2 max pooling follows. An odd last row or column is ignored.
    pub pooled: bool,
}

impl BlockShape {
    /// The number of values per image in [`BlockOutput::convolved`].
    pub fn convolved(self) -> usize {
        self.convolution.pixels() * self.convolution.outputs
    }

    /// The number of values per image in [`BlockOutput::output`].
    pub fn output(self) -> usize {
        let window = if self.pooled { 2 } else { 1 };
        let [height, width] = self.convolution.size;
        height / window * (width / window) * self.convolution.outputs
    }

    /// The number of values per image in [`BlockOutput::maxima`].
    pub fn maxima(self) -> usize {
        if self.pooled { self.output() } else { 0 }
    }
}

/// The parameters of a block: those of the convolution and of batch norm.
#[derive(Clone, Copy, Debug)]
pub struct BlockParameters<'a> {
    /// `[kernel, kernel, inputs, outputs]`
    pub weight: &'a [f32],
    /// `[outputs]`
    pub bias: &'a [f32],
    /// The weight and bias of batch norm, `[outputs]` each. `None` without batch norm.
    pub norm: Option<[&'a [f32]; 2]>,
}

/// The result of a block's forward pass in training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockOutput {
    /// The output of the convolution: `[count, height, width, outputs]`.
    pub convolved: Vec<f32>,
    /// For each pooling window, the value of `convolved` at the pixel with the maximum: the shape of `output`.
    /// Empty without pooling.
    pub maxima: Vec<f32>,
    /// The output of the block: `[count, height, width, outputs]`, after pooling.
    pub output: Vec<f32>,
}

/// The forward pass of a block in training. Appends to `output`, and returns the batch statistics (`None`
/// without batch norm), which are taken over all `images`, `[count, height, width, inputs]`. `epsilon` is
/// added to the variance.
///
/// # Panics
/// If a length does not match the shape, or the length of the kernel is even.
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
        norm_relu_pool(
            &mut output.output,
            Some(&mut output.maxima),
            image,
            &normalisation,
            shape,
        );
    }
    statistics
}

/// Appends the output of a block in evaluation: `[count, height, width, outputs]`, after pooling. Batch norm
/// is `parameters.norm` as scale and shift.
///
/// # Panics
/// If a length does not match the shape, or the length of the kernel is even.
pub fn predict_block(
    output: &mut Vec<f32>,
    images: &[f32],
    parameters: BlockParameters<'_>,
    shape: BlockShape,
) {
    let mut padded = shape.convolution.padded_input();
    let mut convolution =
        Convolution::new(parameters.weight, Some(parameters.bias), shape.convolution);
    let normalisation = Normalisation::new(shape.convolution.outputs, None, parameters.norm);
    let images = shape.convolution.input_images(images);
    output.reserve(images.len() * shape.output());
    let mut convolved = Vec::with_capacity(shape.convolved());
    for image in images {
        padded.fill(image);
        convolved.clear();
        convolution.append(&mut convolved, &padded);
        norm_relu_pool(output, None, &convolved, &normalisation, shape);
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
    /// The mean and the scale of [`ColumnStatistics`]. `None` without batch norm.
    pub statistics: Option<[&'a [f32]; 2]>,
}

/// The gradients of the parameters of a block.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockGradients {
    /// The gradient of the convolution's weight: `[kernel, kernel, inputs, outputs]`.
    pub weight: Vec<f32>,
    /// The gradient of the convolution's bias: `[outputs]`.
    pub bias: Vec<f32>,
    /// The gradients of batch norm's weight and bias, `[outputs]` each. `None` without batch norm.
    pub norm: Option<[Vec<f32>; 2]>,
}

/// The backward pass of [`block`]. `gradient` is the gradient of the block's output. If `input_gradient` is
/// given, the gradient of the images is appended to it.
///
/// # Panics
/// If a length does not match the shape, or the length of the kernel is even.
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
    assert_eq!(
        cache.statistics.is_some(),
        parameters.norm.is_some(),
        "statistics of batch norm"
    );
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
    let of_image = NormReluPoolGradient::new(&normalisation, norm.as_ref(), rows, shape);
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

    /// Numbers, some of which are equal.
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
    fn blocks_match_their_stages() {
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

    /// Compares a block with its stages computed separately.
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
            // The sums are taken in different parts, so they are rounded differently.
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
        check_prediction(&images, &convolved, parameters, shape);

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

    /// Compares the output in evaluation with stages computed separately, given the output of the convolution.
    fn check_prediction(
        images: &[f32],
        convolved: &[f32],
        parameters: BlockParameters<'_>,
        shape: BlockShape,
    ) {
        let channels = shape.convolution.outputs;
        let mut activated = convolved.to_vec();
        for pixel in activated.chunks_exact_mut(channels) {
            for (channel, value) in pixel.iter_mut().enumerate() {
                if let Some([scale, shift]) = parameters.norm {
                    *value = *value * scale[channel] + shift[channel];
                }
                *value = value.max(0.0);
            }
        }
        let count = convolved.len() / shape.convolved();
        let mut expected = vec![0.0; count * shape.output()];
        if shape.pooled {
            let size = shape.convolution.size;
            let shape = PoolShape { size, channels };
            pool(&mut expected, &activated, Pooling::Max, shape);
        } else {
            expected = activated;
        }
        let mut predicted = vec![7.0];
        predict_block(&mut predicted, images, parameters, shape);
        assert_eq!(predicted[0], 7.0);
        assert_eq!(predicted[1..], expected, "{shape:?}");
    }
}
