//! Sums over the rows of matrices.

use crate::group::Group;
use pulp::{Arch, Simd, WithSimd};

/// The terms of `SUMS` sums over the rows of a matrix, for each column.
pub(crate) trait Terms<const SUMS: usize> {
    /// The number of rows that are added in single precision before their sum is added in double precision.
    const ROWS_OF_PARTIAL_SUM: usize = 16;

    /// The terms of one row for a group of columns.
    fn of_row<S: Simd>(&self, row: usize, group: Group<S>) -> [S::f32s; SUMS];
}

/// Adds the terms of the first `rows` rows to `sums`, each with one value per column.
///
/// # Panics
/// If the sums have different lengths, or the terms have fewer rows or columns.
pub(crate) fn add_rows<const SUMS: usize>(
    sums: &mut [Vec<f64>; SUMS],
    rows: usize,
    terms: impl Terms<SUMS>,
) {
    let columns = sums.first().map_or(0, Vec::len);
    assert!(
        sums.iter().all(|sum| sum.len() == columns),
        "sums of equal length"
    );
    Arch::new().dispatch(Pass { sums, rows, terms });
}

struct Pass<'a, const SUMS: usize, T> {
    sums: &'a mut [Vec<f64>; SUMS],
    rows: usize,
    terms: T,
}

impl<const SUMS: usize, T: Terms<SUMS>> WithSimd for Pass<'_, SUMS, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let columns = self.sums.first().map_or(0, Vec::len);
        for group in Group::over(simd, columns) {
            for first in (0..self.rows).step_by(T::ROWS_OF_PARTIAL_SUM) {
                let rows = first..self.rows.min(first + T::ROWS_OF_PARTIAL_SUM);
                // Two accumulators, because each addition waits for the previous one.
                let mut partial = [[simd.splat_f32s(0.0); SUMS]; 2];
                for row in rows {
                    let terms = self.terms.of_row(row, group);
                    for (sum, term) in partial[row % 2].iter_mut().zip(terms) {
                        *sum = simd.add_f32s(*sum, term);
                    }
                }
                let [even, odd] = partial;
                for (sum, (even, odd)) in self.sums.iter_mut().zip(even.into_iter().zip(odd)) {
                    group.add_to(sum, simd.add_f32s(even, odd));
                }
            }
        }
    }
}

/// The values of a matrix in row-major order, all added in double precision: what remains of them can be small,
/// as the gradient of a bias before batch norm is.
pub(crate) struct Values<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) columns: usize,
}

impl Terms<1> for Values<'_> {
    const ROWS_OF_PARTIAL_SUM: usize = 1;

    #[inline(always)]
    fn of_row<S: Simd>(&self, row: usize, group: Group<S>) -> [S::f32s; 1] {
        [group.load(&self.values[row * self.columns..])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_many_rows_do_not_lose_small_values() {
        for columns in [1, 5, 16, 37] {
            let rows = 1_000;
            let mut values = vec![0.001; rows * columns];
            values[..columns].fill(30_000.0);
            let mut sums = [vec![0.5; columns]];
            add_rows(
                &mut sums,
                rows,
                Values {
                    values: &values,
                    columns,
                },
            );
            for sum in &sums[0] {
                assert!((sum - 30_001.5).abs() < 0.02, "{sum}");
            }
        }
    }
}
