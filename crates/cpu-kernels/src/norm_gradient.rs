//! The gradients of batch norm's weight and bias.

use crate::column_sums::{Terms, add_rows};
use crate::group::Group;
use pulp::Simd;

/// The gradients of batch norm's weight and bias. `values` is batch norm's input, `[rows, columns]`, and
/// `gradient` the gradient of its output. If ReLU follows, `rectified` is ReLU's output, and `gradient` is the
/// gradient of that output.
///
/// # Panics
/// If the lengths do not match.
pub(crate) fn norm_gradient(
    gradient: &[f32],
    rectified: Option<&[f32]>,
    values: &[f32],
    [mean, scale]: [&[f32]; 2],
) -> [Vec<f32>; 2] {
    let columns = mean.len();
    assert_eq!(scale.len(), columns, "a scale for each column");
    assert_eq!(gradient.len(), values.len(), "a gradient for each value");
    assert!(values.len().is_multiple_of(columns.max(1)), "whole rows");
    let mut sums = [vec![0.0; columns], vec![0.0; columns]];
    let terms = GradientTerms {
        gradient,
        rectified,
        values,
        mean,
        scale,
    };
    add_rows(&mut sums, values.len() / columns.max(1), terms);
    sums.map(|sums| sums.into_iter().map(|sum| sum as f32).collect())
}

struct GradientTerms<'a> {
    gradient: &'a [f32],
    rectified: Option<&'a [f32]>,
    values: &'a [f32],
    mean: &'a [f32],
    scale: &'a [f32],
}

impl Terms<2> for GradientTerms<'_> {
    #[inline(always)]
    fn of_row<S: Simd>(&self, row: usize, group: Group<S>) -> [S::f32s; 2] {
        let simd = group.simd;
        let row = row * self.mean.len();
        let gradient = &self.gradient[row..];
        let gradient = match self.rectified {
            Some(output) => relu_gradient(group, gradient, &output[row..]),
            None => group.load(gradient),
        };
        let value = group.load(&self.values[row..]);
        let centred = simd.sub_f32s(value, group.load(self.mean));
        let normalised = simd.mul_f32s(centred, group.load(self.scale));
        [simd.mul_f32s(gradient, normalised), gradient]
    }
}

/// The gradient before ReLU, given that of its output and the output.
#[inline(always)]
pub(crate) fn relu_gradient<S: Simd>(group: Group<S>, gradient: &[f32], output: &[f32]) -> S::f32s {
    let simd = group.simd;
    let zero = simd.splat_f32s(0.0);
    let is_positive = simd.greater_than_f32s(group.load(output), zero);
    simd.select_f32s(is_positive, group.load(gradient), zero)
}
