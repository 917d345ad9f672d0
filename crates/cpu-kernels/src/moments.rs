//! Mean and variance of the columns of a matrix.

use crate::batch_norm::ColumnStatistics;
use crate::column_sums::{Terms, add_rows};
use crate::group::Group;
use pulp::Simd;

/// The maximum number of rows whose mean is the shift.
const ROWS_OF_SHIFT: usize = 64;

/// Mean and variance of each column in one pass, by the shifted-data algorithm: sums of the differences from
/// `shift` and of their squares. The variance stays precise where the mean is far from 0.
pub(crate) struct Moments {
    rows: usize,
    /// The mean of the first rows that were added, at most [`ROWS_OF_SHIFT`].
    shift: Vec<f32>,
    /// The sums of differences and of their squares.
    sums: [Vec<f64>; 2],
}

impl Moments {
    pub(crate) fn new(columns: usize) -> Self {
        Self {
            rows: 0,
            shift: vec![0.0; columns],
            sums: [vec![0.0; columns], vec![0.0; columns]],
        }
    }

    /// Adds rows, `[rows, columns]`.
    pub(crate) fn add(&mut self, values: &[f32]) {
        let columns = self.shift.len().max(1);
        let count = values.len() / columns;
        if self.rows == 0 {
            let rows = values.chunks_exact(columns).take(ROWS_OF_SHIFT);
            let part = 1.0 / rows.len().max(1) as f32;
            for row in rows {
                for (shift, value) in self.shift.iter_mut().zip(row) {
                    *shift += value * part;
                }
            }
        }
        self.rows += count;
        let shift = &self.shift;
        add_rows(&mut self.sums, count, Differences { values, shift });
    }

    /// The statistics of all added rows; NaN if there are none.
    pub(crate) fn statistics(self, epsilon: f32) -> ColumnStatistics {
        let count = self.rows as f64;
        let [differences, squares] = self.sums;
        let means = self.shift.iter().zip(&differences);
        let mean = means.map(|(&shift, sum)| (f64::from(shift) + sum / count) as f32);
        let variance = |(squares, sum): (&f64, &f64)| {
            let variance = (squares - sum * sum / count) / count;
            // Rounding can make the variance negative. NaN is kept.
            if variance < 0.0 { 0.0 } else { variance as f32 }
        };
        let variance: Vec<f32> = squares.iter().zip(&differences).map(variance).collect();
        let scale = |variance: &f32| (variance + epsilon).sqrt().recip();
        ColumnStatistics {
            mean: mean.collect(),
            scale: variance.iter().map(scale).collect(),
            variance,
        }
    }
}

struct Differences<'a> {
    values: &'a [f32],
    shift: &'a [f32],
}

impl Terms<2> for Differences<'_> {
    #[inline(always)]
    fn of_row<S: Simd>(&self, row: usize, group: Group<S>) -> [S::f32s; 2] {
        let value = group.load(&self.values[row * self.shift.len()..]);
        let difference = group.simd.sub_f32s(value, group.load(self.shift));
        [difference, group.simd.mul_f32s(difference, difference)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statistics(values: &[f32], columns: usize) -> ColumnStatistics {
        let mut moments = Moments::new(columns);
        // In two parts.
        let first = values.len() / columns / 3 * columns;
        moments.add(&values[..first]);
        moments.add(&values[first..]);
        moments.statistics(0.0)
    }

    #[test]
    fn a_variance_around_a_distant_mean_is_precise() {
        for columns in [1, 3, 16, 21] {
            let values: Vec<f32> = (0..900 * columns)
                .map(|i| 4096.0 + (i / columns % 3) as f32 - 1.0)
                .collect();
            let found = statistics(&values, columns);
            for (mean, variance) in found.mean.iter().zip(&found.variance) {
                assert_eq!(*mean, 4096.0);
                assert!((variance * 1.5 - 1.0).abs() < 1e-6, "{variance}");
            }
        }
    }

    #[test]
    fn equal_values_have_no_variance_and_nan_stays() {
        let found = statistics(&[0.1; 1000], 4);
        assert_eq!(found.variance, [0.0; 4]);
        let mut values = [0.1; 1000];
        values[999] = f32::NAN;
        let found = statistics(&values, 4);
        assert_eq!(found.variance[..3], [0.0; 3]);
        assert!(found.variance[3].is_nan() && found.mean[3].is_nan());
    }
}
