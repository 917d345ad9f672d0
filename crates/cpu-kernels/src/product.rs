//! Matrix products into slices: `output ← keep · output + scale · left · right`.
//!
//! The `gemm` crate computes most products, from raw pointers. In this module, matrices are slices with
//! strides, and every element is checked to be inside of its slice before the call.

use crate::dot_products::DotProducts;
use std::ops::Range;

/// A matrix in a slice, for reading.
///
/// If it has elements, the furthest of them is in the slice:
/// `(rows − 1) · down + (columns − 1) · across < values.len()`, with the strides `[down, across]`.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    values: &'a [f32],
    shape: [usize; 2],
    strides: [usize; 2],
}

impl<'a> Matrix<'a> {
    /// The first `rows · columns` values, in row-major order.
    ///
    /// # Panics
    /// If the slice is shorter than the matrix.
    pub fn new(values: &'a [f32], [rows, columns]: [usize; 2]) -> Self {
        assert!(fits(values, [rows, columns]), "the slice holds the matrix");
        // The invariant: the last element has the index rows · columns − 1.
        Self {
            values,
            shape: [rows, columns],
            strides: [columns, 1],
        }
    }

    /// A range of its columns.
    ///
    /// # Panics
    /// If the range is not within the matrix.
    pub fn columns(self, columns: Range<usize>) -> Self {
        let [rows, all] = self.shape;
        assert!(
            columns.start <= columns.end && columns.end <= all,
            "the columns are in the matrix"
        );
        // The invariant: the furthest element is that of column `columns.end − 1`, which was not
        // further than that of the last column, and the slice begins `columns.start · across` later.
        let values = if rows == 0 || columns.is_empty() {
            &[]
        } else {
            &self.values[columns.start * self.strides[1]..]
        };
        Self {
            values,
            shape: [rows, columns.len()],
            ..self
        }
    }

    /// The same values with rows and columns exchanged.
    pub fn transposed(self) -> Self {
        // The invariant is symmetric.
        let ([rows, columns], [down, across]) = (self.shape, self.strides);
        Self {
            shape: [columns, rows],
            strides: [across, down],
            ..self
        }
    }
}

/// The maximum number of register blocks of rows for which a product reads its right operand in place.
/// With more rows, `gemm` makes a packed copy first. For a batch of 64 rows, the copy takes longer than
/// it saves; `gemm`'s default of 8 would make it.
const MAX_UNPACKED_ROW_BLOCKS: usize = 16;

/// A product with a transposed right operand is computed as dot products if the inner dimension is at least this
/// many times the number of rows. With more rows, `gemm` is faster, although it copies a transposed operand.
const MIN_INNER_PER_ROW: usize = 12;

/// Whether a slice is long enough for a matrix of this shape. False if the number of values overflows.
fn fits(values: &[f32], [rows, columns]: [usize; 2]) -> bool {
    rows.checked_mul(columns)
        .is_some_and(|count| count <= values.len())
}

/// `output ← keep · output + scale · left · right`, on one thread. `output` is the first
/// `rows · columns` values of its slice, in row-major order.
///
/// If `keep` is 0, `output` is not read and may contain any values, even NaN.
///
/// # Panics
/// If the shapes do not match, or the slice is shorter than the product.
pub fn multiply_into(
    output: &mut [f32],
    keep: f32,
    left: Matrix<'_>,
    right: Matrix<'_>,
    scale: f32,
) {
    let [rows, inner] = left.shape;
    let [right_rows, columns] = right.shape;
    assert_eq!(
        inner, right_rows,
        "columns of the left and rows of the right operand"
    );
    assert!(fits(output, [rows, columns]), "the slice holds the product");
    let are_rows = left.strides == [inner, 1] && right.strides == [1, inner];
    if are_rows && columns > 0 && inner > 0 && rows <= inner / MIN_INNER_PER_ROW {
        let (left, right) = (
            &left.values[..rows * inner],
            &right.values[..columns * inner],
        );
        return DotProducts {
            output: &mut output[..rows * columns],
            keep,
            left,
            right,
            inner,
            columns,
            scale,
        }
        .compute();
    }
    // A stride other than 0 or 1 leads from an element of a slice to another, and the lengths of slices
    // fit into `isize`.
    let signed = |strides: [usize; 2]| strides.map(|stride| stride as isize);
    let ([left_down, left_across], [right_down, right_across]) =
        (signed(left.strides), signed(right.strides));
    // Sets it for the whole process, at the cost of a store.
    gemm::set_lhs_packing_threshold_single_thread(MAX_UNPACKED_ROW_BLOCKS);
    // SAFETY: the elements of both operands are in their slices, by the invariant of `Matrix`; if they
    // have none, nothing is read. Those of the output are in its slice, by the assertion above, and it is
    // borrowed mutably: it overlaps nothing.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            output.as_mut_ptr(),
            1,
            columns as isize,
            keep != 0.0,
            left.values.as_ptr(),
            left_across,
            left_down,
            right.values.as_ptr(),
            right_across,
            right_down,
            keep,
            scale,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small integers: their products and sums are exact in any order.
    fn numbers(count: usize, step: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * step) % 7) as f32 - 3.0).collect()
    }

    fn at(matrix: Matrix, row: usize, column: usize) -> f32 {
        matrix.values[row * matrix.strides[0] + column * matrix.strides[1]]
    }

    #[test]
    fn every_layout_gives_the_sum_of_products() {
        for [rows, inner, columns] in [
            [1, 1, 1],
            [3, 5, 2],
            [64, 33, 10],
            [17, 64, 128],
            [1, 12, 1],
            [6, 83, 15],
            [13, 160, 25],
        ] {
            let (a, b) = (numbers(rows * inner, 3), numbers(inner * columns, 5));
            let lefts = [
                Matrix::new(&a, [rows, inner]),
                Matrix::new(&a, [inner, rows]).transposed(),
            ];
            let rights = [
                Matrix::new(&b, [inner, columns]),
                Matrix::new(&b, [columns, inner]).transposed(),
            ];
            for left in lefts {
                for right in rights {
                    for (keep, scale) in [(0.0, 1.0), (1.0, 1.0), (0.5, -2.0)] {
                        let before = match keep {
                            0.0 => vec![f32::NAN; rows * columns],
                            _ => numbers(rows * columns, 2),
                        };
                        let mut output = before.clone();
                        multiply_into(&mut output, keep, left, right, scale);
                        for (index, value) in output.into_iter().enumerate() {
                            let (row, column) = (index / columns, index % columns);
                            let sum: f32 = (0..inner)
                                .map(|k| at(left, row, k) * at(right, k, column))
                                .sum();
                            let kept = if keep == 0.0 {
                                0.0
                            } else {
                                keep * before[index]
                            };
                            assert_eq!(value, kept + scale * sum);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn ranges_of_columns_are_operands() {
        let (values, other) = (numbers(11, 3), numbers(12, 5));
        let whole = Matrix::new(&values, [2, 5]);
        let cases = [
            whole.columns(1..4),
            whole.columns(4..5),
            whole.columns(5..5),
            whole.transposed().columns(1..2),
            whole.columns(1..4).transposed(),
            Matrix::new(&[], [0, 3]).columns(1..2),
        ];
        for left in cases {
            let [rows, inner] = left.shape;
            let columns = 3;
            let right = Matrix::new(&other[..inner * columns], [inner, columns]);
            let mut output = vec![f32::NAN; rows * columns];
            multiply_into(&mut output, 0.0, left, right, 1.0);
            for (index, value) in output.into_iter().enumerate() {
                let (row, column) = (index / columns, index % columns);
                let products = (0..inner).map(|k| at(left, row, k) * at(right, k, column));
                assert_eq!(value, products.sum::<f32>(), "{left:?}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "the columns are in the matrix")]
    fn columns_outside_of_the_matrix_are_refused() {
        let _ = Matrix::new(&[0.0; 6], [2, 3]).columns(2..4);
    }

    #[test]
    fn an_inner_length_of_zero_only_keeps() {
        let mut output = vec![2.0; 6];
        let (left, right) = (Matrix::new(&[], [2, 0]), Matrix::new(&[], [0, 3]));
        multiply_into(&mut output, 0.5, left, right, 1.0);
        assert_eq!(output, vec![1.0; 6]);
    }

    #[test]
    #[should_panic(expected = "the slice holds the matrix")]
    fn a_slice_that_is_too_short_is_refused() {
        let _ = Matrix::new(&[0.0; 5], [2, 3]);
    }

    #[test]
    #[should_panic(expected = "the slice holds the product")]
    fn a_product_larger_than_its_slice_is_refused() {
        let values = [0.0; 6];
        let (left, right) = (Matrix::new(&values, [2, 3]), Matrix::new(&values, [3, 2]));
        multiply_into(&mut [0.0; 3], 0.0, left, right, 1.0);
    }
}
