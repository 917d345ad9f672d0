//! Products with a transposed matrix, as dot products of rows.

use crate::vector::has_many_registers;
use pulp::{Arch, Simd, WithSimd};

/// `output ← keep · output + scale · left · rightᵀ`.
///
/// Neither operand is copied: rows of both are read from start to end. That suits few rows on the left. With many,
/// it is faster to copy the right operand once into the order in which a register tile reads it.
pub(crate) struct DotProducts<'a> {
    /// `[rows, columns]`
    pub(crate) output: &'a mut [f32],
    pub(crate) keep: f32,
    /// `[rows, inner]`
    pub(crate) left: &'a [f32],
    /// `[columns, inner]`
    pub(crate) right: &'a [f32],
    /// At least 1.
    pub(crate) inner: usize,
    /// At least 1.
    pub(crate) columns: usize,
    pub(crate) scale: f32,
}

impl DotProducts<'_> {
    /// # Panics
    /// If a length does not match.
    pub(crate) fn compute(self) {
        let rows = self.left.len() / self.inner;
        assert_eq!(self.left.len(), rows * self.inner, "whole rows");
        assert_eq!(
            self.right.len(),
            self.columns * self.inner,
            "a row for each column"
        );
        assert_eq!(
            self.output.len(),
            rows * self.columns,
            "a value for each row and column"
        );
        Arch::new().dispatch(self);
    }
}

impl WithSimd for DotProducts<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        if has_many_registers::<S>() {
            self.by_tiles::<S, 4, 6>(simd);
        } else {
            self.by_tiles::<S, 3, 4>(simd);
        }
    }
}

impl DotProducts<'_> {
    #[inline(always)]
    fn by_tiles<S: Simd, const ROWS: usize, const COLUMNS: usize>(&mut self, simd: S) {
        let columns = self.columns;
        let mut column = 0;
        while column < columns {
            if column + COLUMNS <= columns {
                self.column_of_tiles::<S, ROWS, COLUMNS>(simd, column);
                column += COLUMNS;
            } else {
                self.column_of_tiles::<S, ROWS, 1>(simd, column);
                column += 1;
            }
        }
    }

    /// All rows of some columns. Their rows of the right operand stay in the cache.
    #[inline(always)]
    fn column_of_tiles<S: Simd, const ROWS: usize, const COLUMNS: usize>(
        &mut self,
        simd: S,
        column: usize,
    ) {
        let rows = self.left.len() / self.inner;
        let mut row = 0;
        while row < rows {
            if row + ROWS <= rows {
                self.tile::<S, ROWS, COLUMNS>(simd, row, column);
                row += ROWS;
            } else {
                self.tile::<S, 1, COLUMNS>(simd, row, column);
                row += 1;
            }
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const ROWS: usize, const COLUMNS: usize>(
        &mut self,
        simd: S,
        row: usize,
        column: usize,
    ) {
        let inner = self.inner;
        // The slices show that the rows exist.
        let left = &self.left[row * inner..][..ROWS * inner];
        let right = &self.right[column * inner..][..COLUMNS * inner];
        let whole = inner - inner % S::F32_LANES;
        let vector = |values: &[f32], at: usize| {
            // SAFETY: `at` is in one of the rows of the slice, of `inner` values each, at least a vector
            // before the end of the row.
            unsafe { values.as_ptr().add(at).cast::<S::f32s>().read_unaligned() }
        };
        let mut sums = [[simd.splat_f32s(0.0); ROWS]; COLUMNS];
        for k in (0..whole).step_by(S::F32_LANES) {
            let of_left: [S::f32s; ROWS] = std::array::from_fn(|i| vector(left, i * inner + k));
            for (j, sums) in sums.iter_mut().enumerate() {
                let of_right = vector(right, j * inner + k);
                for (sum, of_left) in sums.iter_mut().zip(of_left) {
                    *sum = simd.mul_add_e_f32s(of_left, of_right, *sum);
                }
            }
        }
        for (j, sums) in sums.into_iter().enumerate() {
            for (i, sum) in sums.into_iter().enumerate() {
                let mut sum = simd.reduce_sum_f32s(sum);
                for k in whole..inner {
                    sum += left[i * inner + k] * right[j * inner + k];
                }
                let output = &mut self.output[(row + i) * self.columns + column + j];
                // If `keep` is 0, the output is ignored: it may be NaN.
                let kept = if self.keep == 0.0 {
                    0.0
                } else {
                    self.keep * *output
                };
                *output = kept + self.scale * sum;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small integers: their products and sums are exact in any order.
    fn numbers(count: usize, step: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * step) % 7) as f32 - 3.0).collect()
    }

    #[test]
    fn every_width_of_vectors_gives_the_sums_of_products() {
        for [rows, inner, columns] in [[1, 1, 1], [4, 16, 6], [9, 37, 14], [5, 100, 23]] {
            let (left, right) = (numbers(rows * inner, 3), numbers(columns * inner, 5));
            let compute = |run: &dyn Fn(DotProducts<'_>)| {
                let mut output = vec![f32::NAN; rows * columns];
                run(DotProducts {
                    output: &mut output,
                    keep: 0.0,
                    left: &left,
                    right: &right,
                    inner,
                    columns,
                    scale: 2.0,
                });
                for (index, value) in output.into_iter().enumerate() {
                    let (row, column) = (index / columns, index % columns);
                    let products = left[row * inner..][..inner]
                        .iter()
                        .zip(&right[column * inner..]);
                    let sum: f32 = products.map(|(left, right)| left * right).sum();
                    assert_eq!(value, 2.0 * sum, "{rows} × {inner} × {columns}: {index}");
                }
            };
            compute(&|product| product.with_simd(pulp::Scalar::new()));
            #[cfg(target_arch = "x86_64")]
            if let Some(simd) = pulp::x86::V3::try_new() {
                compute(&|product| Simd::vectorize(simd, product));
            }
            compute(&|product| product.compute());
        }
    }

    #[test]
    #[should_panic(expected = "a value for each row and column")]
    fn an_output_that_is_too_short_is_refused() {
        DotProducts {
            output: &mut [0.0; 5],
            keep: 0.0,
            left: &[0.0; 20],
            right: &[0.0; 30],
            inner: 10,
            columns: 3,
            scale: 1.0,
        }
        .compute();
    }
}
