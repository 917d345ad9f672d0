//! Mean and variance of the columns of a matrix.

use crate::batch_norm::ColumnStatistics;
use crate::column_sums::{Terms, add_rows};
use crate::group::Group;
use pulp::Simd;

/// The maximum number of rows whose mean is the shift.
const ROWS_OF_SHIFT: usize = 64;

/// Mean and variance of each column, of rows that are added in parts.
///
/// Each part is read once, by the shifted-data algorithm: sums of the differences from its approximate mean,
/// and of their squares. Parts are combined by the formulas of Chan, Golub and LeVeque (1983). The variance
/// stays precise where the mean is far from 0.
pub(crate) struct Moments {
    rows: f64,
    mean: Vec<f64>,
    /// The sums of squared differences from the mean.
    squares: Vec<f64>,
}

impl Moments {
    pub(crate) fn new(columns: usize) -> Self {
        Self {
            rows: 0.0,
            mean: vec![0.0; columns],
            squares: vec![0.0; columns],
        }
    }

    /// Adds rows, `[rows, columns]`.
    ///
    /// # Panics
    /// If the last row is not whole.
    pub(crate) fn add(&mut self, values: &[f32]) {
        let columns = self.mean.len().max(1);
        assert!(values.len().is_multiple_of(columns), "whole rows");
        let count = values.len() / columns;
        if count == 0 {
            return;
        }
        let shift = &approximate_mean(values, columns);
        let mut sums = [vec![0.0; columns], vec![0.0; columns]];
        add_rows(&mut sums, count, Differences { values, shift });
        let [differences, squares] = sums;
        let added = count as f64;
        let all = self.rows + added;
        for column in 0..self.mean.len() {
            let from_shift = differences[column] / added;
            let mean = f64::from(shift[column]) + from_shift;
            // Rounding can make it negative. NaN is kept.
            let around_mean = squares[column] - differences[column] * from_shift;
            let around_mean = if around_mean < 0.0 { 0.0 } else { around_mean };
            let apart = mean - self.mean[column];
            self.mean[column] += apart * (added / all);
            self.squares[column] += around_mean + apart * apart * (self.rows * added / all);
        }
        self.rows = all;
    }

    /// The statistics of all added rows; NaN if there are none.
    pub(crate) fn statistics(self, epsilon: f32) -> ColumnStatistics {
        let variance = self.squares.iter().map(|sum| (sum / self.rows) as f32);
        let variance: Vec<f32> = variance.collect();
        let mean = |mean: &f64| {
            if self.rows > 0.0 {
                *mean as f32
            } else {
                f32::NAN
            }
        };
        let scale = |variance: &f32| (variance + epsilon).sqrt().recip();
        ColumnStatistics {
            mean: self.mean.iter().map(mean).collect(),
            scale: variance.iter().map(scale).collect(),
            variance,
        }
    }
}

/// The mean of some rows, at equal distances.
fn approximate_mean(values: &[f32], columns: usize) -> Vec<f32> {
    let rows = values.chunks_exact(columns);
    let distance = rows.len().div_ceil(ROWS_OF_SHIFT).max(1);
    let rows = rows.step_by(distance);
    let count = rows.len() as f64;
    let mut sums = vec![0.0; columns];
    for row in rows {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum += f64::from(value);
        }
    }
    sums.into_iter().map(|sum| (sum / count) as f32).collect()
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

    fn statistics(parts: &[&[f32]], columns: usize) -> ColumnStatistics {
        let mut moments = Moments::new(columns);
        parts.iter().for_each(|part| moments.add(part));
        moments.statistics(0.0)
    }

    #[test]
    fn a_variance_around_a_distant_mean_is_precise() {
        for columns in [1, 3, 16, 21] {
            let values: Vec<f32> = (0..900 * columns)
                .map(|i| 4096.0 + (i / columns % 3) as f32 - 1.0)
                .collect();
            let (first, second) = values.split_at(300 * columns);
            let found = statistics(&[first, &[], second], columns);
            for (mean, variance) in found.mean.iter().zip(&found.variance) {
                assert_eq!(*mean, 4096.0);
                assert!((variance * 1.5 - 1.0).abs() < 1e-6, "{variance}");
            }
        }
    }

    #[test]
    fn a_first_part_unlike_the_rest_costs_no_precision() {
        // 30 deviations apart, and a black border of the second part.
        let first: Vec<f32> = (0..256).map(|i| 30.0 + (i % 5) as f32 * 0.1).collect();
        let mut second: Vec<f32> = (0..4096).map(|i| ((i * 37) % 101) as f32 * 0.01).collect();
        second[..64].fill(-2.0);
        let found = statistics(&[&first, &second], 1);
        let all: Vec<f64> = first.iter().chain(&second).map(|&v| f64::from(v)).collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let squares: f64 = all.iter().map(|value| (value - mean).powi(2)).sum();
        let variance = squares / all.len() as f64;
        assert!((f64::from(found.mean[0]) / mean - 1.0).abs() < 1e-6);
        assert!((f64::from(found.variance[0]) / variance - 1.0).abs() < 1e-6);
    }

    #[test]
    fn equal_values_have_no_variance_and_nan_stays() {
        let found = statistics(&[&[0.1; 1000]], 4);
        assert_eq!(found.variance, [0.0; 4]);
        let mut values = [0.1; 1000];
        values[999] = f32::NAN;
        let found = statistics(&[&values], 4);
        assert_eq!(found.variance[..3], [0.0; 3]);
        assert!(found.variance[3].is_nan() && found.mean[3].is_nan());
    }
}
