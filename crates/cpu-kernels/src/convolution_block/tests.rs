//! Blocks compared with their stages.

use super::*;
use crate::{
    PoolShape, Pooling, convolve, input_gradient, normalise_columns, normalise_columns_gradient,
    pool, pool_gradient, weight_gradient,
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
        values_at_maxima: &found.values_at_maxima,
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
    if normed {
        assert_eq!(gradients.bias, vec![0.0; outputs], "{what}");
    }
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

/// A block of one input, one output and a kernel of one weight, which is 1.
fn identity(size: [usize; 2]) -> BlockShape {
    BlockShape {
        convolution: ConvolutionShape {
            size,
            inputs: 1,
            outputs: 1,
            kernel: 1,
        },
        pooled: true,
    }
}

/// The gradients of an identity block with this image and scale of its norm, for a gradient of 1.
fn identity_gradients(
    image: &[f32],
    size: [usize; 2],
    scale: Option<f32>,
) -> (Vec<f32>, BlockGradients) {
    let norm = scale.map(|scale| [[scale], [1.0]]);
    let parameters = BlockParameters {
        weight: &[1.0],
        bias: &[0.0],
        norm: norm.as_ref().map(|[scale, shift]| [&scale[..], shift]),
    };
    let shape = identity(size);
    let mut found = BlockOutput::default();
    let statistics = block(&mut found, image, parameters, EPSILON, shape);
    let cache = BlockCache {
        images: image,
        convolved: &found.convolved,
        values_at_maxima: &found.values_at_maxima,
        output: &found.output,
        statistics: statistics.as_ref().map(|s| [&s.mean[..], &s.scale[..]]),
    };
    let mut input = Vec::new();
    let gradient = vec![1.0; found.output.len()];
    let gradients = block_gradient(&gradient, cache, parameters, Some(&mut input), shape);
    (input, gradients)
}

#[test]
fn the_first_of_equal_maxima_receives_the_gradient() {
    let (input, gradients) = identity_gradients(&[2.0; 8], [2, 4], None);
    assert_eq!(input, [1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(gradients.bias, [2.0]);
    // Different values whose outputs are equal, because rounding hides the difference beside the shift
    // of 1: the first still counts.
    let image = [1.0, 2.0, 3.0, 4.0];
    let (input, _) = identity_gradients(&image, [2, 2], Some(1e-9));
    // Without their mean, gradients are largest where the output's gradient is.
    let largest = input.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    assert_eq!(input[0], largest, "{input:?}");
    assert!(input[1..].iter().all(|value| *value < largest), "{input:?}");
}

#[test]
fn without_a_norm_infinite_values_have_the_gradients_of_relu() {
    for (value, expected) in [(f32::INFINITY, 1.0), (f32::NEG_INFINITY, 0.0)] {
        let image = [value, -1.0, -1.0, -1.0];
        let (input, gradients) = identity_gradients(&image, [2, 2], None);
        assert_eq!(input, [expected, 0.0, 0.0, 0.0]);
        assert_eq!(gradients.bias, [expected]);
    }
}

#[test]
fn not_a_number_is_not_hidden() {
    let parameters = BlockParameters {
        weight: &[1.0],
        bias: &[0.0],
        norm: Some([&[1.0], &[0.0]]),
    };
    let mut found = BlockOutput::default();
    let image = [1.0, 2.0, f32::NAN, 3.0];
    block(&mut found, &image, parameters, EPSILON, identity([2, 2]));
    assert!(found.output[0].is_nan());
}
