//! Batch norm of the rows of a matrix: each column is normalised over all rows.

use crate::moments::Moments;
use crate::norm_gradient::norm_gradient;
use crate::vectorised;

/// What a forward pass computes of each column.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnStatistics {
    /// The mean.
    pub mean: Vec<f32>,
    /// The mean square of the differences from the mean.
    pub variance: Vec<f32>,
    /// `1/√(variance + ε)`
    pub scale: Vec<f32>,
}

/// Normalises each column of `input`, `[rows, columns]`, and appends `normalised · weight + bias` to
/// `output`.
///
/// The normalisation performs the same operations in the same order as the tensor form; only mean and
/// variance may be rounded differently.
///
/// # Panics
/// If the input has no whole rows, or weight and bias differ in length.
pub fn normalise_columns(
    input: &[f32],
    weight: &[f32],
    bias: &[f32],
    epsilon: f32,
    output: &mut Vec<f32>,
) -> ColumnStatistics {
    let columns = weight.len();
    assert_eq!(bias.len(), columns, "a bias for each column");
    assert!(input.len().is_multiple_of(columns.max(1)), "whole rows");
    let mut sums = Moments::new(columns);
    sums.add(input);
    let statistics = sums.statistics(epsilon);
    let ColumnStatistics { mean, scale, .. } = &statistics;
    output.reserve(input.len());
    vectorised(|| {
        for input in input.chunks_exact(columns.max(1)) {
            let constants = mean.iter().zip(scale).zip(weight).zip(bias);
            let values = input.iter().zip(constants);
            output.extend(values.map(|(value, (((mean, scale), weight), bias))| {
                normalised(*value, *mean, *scale) * weight + bias
            }));
        }
    });
    statistics
}

/// A value minus the mean of its column, times the column's scale.
#[inline(always)]
fn normalised(value: f32, mean: f32, scale: f32) -> f32 {
    (value - mean) * scale
}

/// The gradients of [`normalise_columns`]. Replaces `gradient`, that of the output, by that of the input, and
/// returns those of the weight and the bias.
///
/// # Panics
/// If lengths do not match.
pub fn normalise_columns_gradient(
    gradient: &mut [f32],
    input: &[f32],
    mean: &[f32],
    scale: &[f32],
    weight: &[f32],
) -> [Vec<f32>; 2] {
    let columns = weight.len();
    assert_eq!(mean.len(), columns, "a mean for each column");
    assert_eq!(scale.len(), columns, "a scale for each column");
    assert_eq!(gradient.len(), input.len(), "a gradient for each value");
    assert!(input.len().is_multiple_of(columns.max(1)), "whole rows");
    let inverse_count = (1.0 / (input.len() / columns.max(1)) as f64) as f32;
    let [weight_gradient, bias_gradient] = norm_gradient(gradient, None, input, [mean, scale]);
    let scaled = |values: &Vec<f32>| -> Vec<f32> {
        values.iter().map(|value| value * inverse_count).collect()
    };
    // The mean and variance of the batch depend on each of its samples.
    let (through_mean, through_variance) = (scaled(&bias_gradient), scaled(&weight_gradient));
    let factor = scale.iter().zip(weight);
    let factor: Vec<f32> = factor.map(|(scale, weight)| scale * weight).collect();
    vectorised(|| {
        let rows = gradient.chunks_exact_mut(columns.max(1));
        for (gradient, input) in rows.zip(input.chunks_exact(columns.max(1))) {
            let statistics = mean.iter().zip(scale);
            let constants = through_mean.iter().zip(&through_variance).zip(&factor);
            let values = gradient
                .iter_mut()
                .zip(input)
                .zip(statistics.zip(constants));
            for ((gradient, &value), ((&mean, &scale), constants)) in values {
                let ((through_mean, through_variance), factor) = constants;
                let through_variance = normalised(value, mean, scale) * through_variance;
                *gradient = (*gradient - through_mean - through_variance) * factor;
            }
        }
    });
    [weight_gradient, bias_gradient]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_mean_0_and_variance_1() {
        let input: Vec<f32> = (0..60).map(|i| ((i * i) % 17) as f32).collect();
        let mut output = Vec::new();
        let (weight, bias) = ([1.0, 2.0, 3.0], [0.0, 1.0, -1.0]);
        let columns = normalise_columns(&input, &weight, &bias, 1e-5, &mut output);
        for column in 0..3 {
            let of = |values: &[f32]| -> Vec<f32> {
                values.iter().skip(column).step_by(3).copied().collect()
            };
            let values: Vec<f32> = of(&output)
                .iter()
                .map(|value| (value - bias[column]) / weight[column])
                .collect();
            let mean = values.iter().sum::<f32>() / 20.0;
            let variance = values.iter().map(|value| value * value).sum::<f32>() / 20.0;
            assert!(
                mean.abs() < 1e-5 && (variance - 1.0).abs() < 1e-3,
                "{mean} {variance}"
            );
            let expected = of(&input).iter().sum::<f32>() / 20.0;
            assert!((columns.mean[column] - expected).abs() < 1e-5);
        }
    }

    #[test]
    #[should_panic(expected = "whole rows")]
    fn a_part_of_a_row_is_refused() {
        let mut output = Vec::new();
        normalise_columns(&[1.0; 4], &[1.0; 3], &[0.0; 3], 1e-5, &mut output);
    }
}
