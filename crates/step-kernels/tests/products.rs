//! Compares matrix products on a wgpu device with products in double precision.
#![cfg(feature = "wgpu")]

mod device;

use cubecl::prelude::*;
use device::client;
use step_kernels::{Matrices, product};

/// Pseudorandom numbers from -1 to 1.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let number = |index: usize| {
        let bits = (index as u32 ^ seed).wrapping_mul(0x9e37_79b9);
        (bits ^ (bits >> 15)).wrapping_mul(0x85eb_ca77) as i32 as f32 / 2.0_f32.powi(31)
    };
    (0..count).map(number).collect()
}

/// The memory layout of a matrix.
#[derive(Clone, Copy, Debug)]
enum Layout {
    Rows,
    Columns,
    /// By rows, each followed by a gap of the same length.
    Gaps,
}

impl Layout {
    fn strides(self, [_, rows, columns]: [usize; 3]) -> [usize; 3] {
        match self {
            Self::Rows => [rows * columns, columns, 1],
            Self::Columns => [rows * columns, 1, rows],
            Self::Gaps => [2 * rows * columns, 2 * columns, 1],
        }
    }
}

/// Multiplies matrices of these shapes on the device and in double precision, and compares the results.
fn check(
    members: [usize; 2],
    [rows, inner, columns]: [usize; 3],
    layouts: [Layout; 2],
) -> Vec<f32> {
    let Some(client) = client() else {
        return Vec::new();
    };
    let shapes = [[members[0], rows, inner], [members[1], inner, columns]];
    let strides = [0, 1].map(|side| layouts[side].strides(shapes[side]));
    let values = [0, 1].map(|side| {
        numbers(
            shapes[side][0] * strides[side][0],
            7 * side as u32 + shapes[side][1] as u32,
        )
    });
    let [left, right] = [0, 1].map(|side| Matrices {
        handle: client.create_from_slice(f32::as_bytes(&values[side])),
        shape: shapes[side],
        strides: strides[side],
    });
    let bytes = client
        .read_one(product(&client, &left, &right, || ()))
        .unwrap();
    let ours = f32::from_bytes(&bytes).to_vec();
    let max_members = members[0].max(members[1]);
    assert_eq!(ours.len(), max_members * rows * columns);
    let at = |side: usize, member: usize, row: usize, column: usize| {
        let [of_member, of_row, of_column] = strides[side];
        let member = member % members[side];
        f64::from(values[side][member * of_member + row * of_row + column * of_column])
    };
    for (index, &ours) in ours.iter().enumerate() {
        let (member, row, column) = (
            index / columns / rows,
            index / columns % rows,
            index % columns,
        );
        let terms = (0..inner).map(|k| at(0, member, row, k) * at(1, member, k, column));
        let expected: f64 = terms.clone().sum();
        let magnitude: f64 = terms.map(f64::abs).sum();
        let error = (f64::from(ours) - expected).abs();
        assert!(
            error <= 4e-7 * magnitude,
            "{members:?} {rows}x{inner}x{columns} {layouts:?} at {index}: {ours} {expected}"
        );
    }
    ours
}

#[test]
fn of_every_layout_and_shape() {
    let layouts = [Layout::Rows, Layout::Columns, Layout::Gaps];
    // A single row or column; an inner dimension that is an odd multiple of 8, which some kernels get
    // wrong; more than one tile.
    let shapes = [
        [1, 1, 1],
        [7, 40, 1],
        [1, 24, 9],
        [64, 8, 10],
        [33, 56, 17],
        [70, 104, 65],
    ];
    for members in [[1, 1], [3, 3], [1, 3], [3, 1]] {
        for shape in shapes {
            for left in layouts {
                for right in layouts {
                    check(members, shape, [left, right]);
                }
            }
        }
    }
}

#[test]
fn of_a_long_inner_dimension_which_is_added_up_in_parts() {
    check([2, 2], [27, 5000, 16], [Layout::Columns, Layout::Rows]);
    check([1, 2], [9, 1025, 3], [Layout::Columns, Layout::Rows]);
    check([1, 1], [2, 40_000, 1], [Layout::Columns, Layout::Columns]);
    // A matrix by rows is not an input that was transposed: one part.
    check([1, 1], [30, 1100, 30], [Layout::Rows, Layout::Rows]);
}

#[test]
fn of_more_tiles_than_a_launch_has_cubes_along_a_dimension() {
    check([1, 1], [70_000 * 16, 1, 1], [Layout::Rows, Layout::Rows]);
}

/// A member's product is bit for bit the same alone and in a cohort.
#[test]
fn of_a_member_are_the_same_in_a_cohort() {
    // In parts or not; alone, the tiles are smaller than in a cohort.
    for (inner, left) in [(2000, Layout::Columns), (1000, Layout::Rows)] {
        let layouts = [left, Layout::Columns];
        let alone = check([1, 1], [40, inner, 20], layouts);
        let stacked = check([9, 9], [40, inner, 20], layouts);
        assert_eq!(alone, stacked[..alone.len()]);
    }
}
