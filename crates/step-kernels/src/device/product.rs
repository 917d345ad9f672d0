//! The matrix product as a separate kernel, for everything that is computed operation by operation.
//!
//! It is float32, like every product here, and accepts operands with any strides. All members may share one of
//! the operands.

use super::buffer::Buffer;
use super::tile::{SIDE, Tile, UNITS, multiply_chunk, zeros};
use super::training::multiprocessors;
use cubecl::prelude::*;
use cubecl::server::Handle;

/// One float32 matrix per member, in device memory.
#[derive(Clone, Debug)]
pub struct Matrices {
    /// The memory that holds them.
    pub handle: Handle,
    /// Members (1 if all share one matrix), rows and columns.
    pub shape: [usize; 3],
    /// The distance, in values, from one member, row or column to the next.
    pub strides: [usize; 3],
}

/// The maximum length of the inner dimension that one cube sums if the product is small. Without this limit, a few
/// cubes would compute the gradient of a convolution's weights, a sum over all positions of a batch of images.
const PART: usize = 1024;
/// The maximum size of a product, in values per member, whose inner dimension is split into parts.
const SMALL: usize = 1 << 16;

impl Matrices {
    fn member_stride(&self) -> u32 {
        match self.shape[0] {
            1 => 0,
            _ => self.strides[0] as u32,
        }
    }

    /// The number of values from the first to the last, including gaps.
    fn length(&self) -> usize {
        let ends = self.shape.iter().zip(self.strides);
        1 + ends.map(|(&n, stride)| (n - 1) * stride).sum::<usize>()
    }

    fn argument<R: Runtime>(&self) -> ArrayArg<R> {
        // SAFETY: the memory holds every value that these strides address.
        unsafe { ArrayArg::from_raw_parts(self.handle.clone(), self.length()) }
    }
}

/// Computes `left · right` of each member into new memory: `[members, rows, columns]`.
///
/// The order of additions depends only on the rows, columns and inner dimension, not on the number of members or
/// the device.
///
/// # Panics
/// If the shapes do not match, or are too large for 32-bit indices or for a launch.
pub fn product<R: Runtime>(client: &ComputeClient<R>, left: &Matrices, right: &Matrices) -> Handle {
    let [left_members, rows, inner] = left.shape;
    let [right_members, right_inner, columns] = right.shape;
    let members = left_members.max(right_members);
    assert_eq!(inner, right_inner, "the inner dimension");
    assert!(
        [left_members, right_members]
            .iter()
            .all(|&own| own == 1 || own == members)
    );
    let parts = match rows * columns <= SMALL {
        true => inner.div_ceil(PART).max(1),
        false => 1,
    };
    let largest = [
        left.length(),
        right.length(),
        parts * members * rows * columns,
    ];
    assert!(
        largest.iter().all(|&length| u32::try_from(length).is_ok()),
        "a product of {largest:?} numbers"
    );
    let tile = Tile::new(
        rows as u32,
        columns as u32,
        (parts * members) as u32,
        multiprocessors(client),
    );
    let [across, down] = tile.grid(rows as u32, columns as u32);
    let output = Buffer::empty(client, parts * members * rows * columns);
    let form = ProductForm {
        tile,
        left_is_transposed: left.strides[1] < left.strides[2],
        right_is_transposed: right.strides[1] < right.strides[2],
    };
    let [left_strides, right_strides] = [left, right].map(|own| own.strides.map(|s| s as u32));
    // SAFETY: every index is below the lengths of the matrices.
    unsafe {
        product_of_parts::launch_unchecked::<R>(
            client,
            CubeCount::Static(across, down * parts as u32, members as u32),
            CubeDim::new_2d(SIDE, SIDE),
            left.argument(),
            right.argument(),
            output.argument(),
            rows as u32,
            inner as u32,
            columns as u32,
            down,
            inner.div_ceil(parts) as u32,
            left.member_stride(),
            left_strides[1],
            left_strides[2],
            right.member_stride(),
            right_strides[1],
            right_strides[2],
            form,
        );
    }
    if parts == 1 {
        return output.handle;
    }
    let count = members * rows * columns;
    let sum = Buffer::empty(client, count);
    // SAFETY: likewise.
    unsafe {
        add_parts::launch_unchecked::<R>(
            client,
            CubeCount::Static((count as u32).div_ceil(UNITS), 1, 1),
            CubeDim::new_1d(UNITS),
            output.argument(),
            sum.argument(),
            count as u32,
            parts as u32,
        );
    }
    sum.handle
}

/// What the kernel is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct ProductForm {
    tile: Tile,
    /// Whether the left matrix is stored by columns instead of by rows.
    left_is_transposed: bool,
    /// Likewise the right one.
    right_is_transposed: bool,
}

/// `output = left · right` over a part of the inner dimension: `[parts, members, rows, columns]`.
///
/// `CUBE_POS_Y % down` is the cube's row in the grid of tiles. `CUBE_POS_Y / down` is its part, which covers
/// `length` values of the inner dimension.
#[cube(launch_unchecked)]
fn product_of_parts(
    left: &Array<f32>,
    right: &Array<f32>,
    output: &mut Array<f32>,
    rows: u32,
    inner: u32,
    columns: u32,
    down: u32,
    length: u32,
    left_member: u32,
    left_row: u32,
    left_inner: u32,
    right_member: u32,
    right_inner: u32,
    right_column: u32,
    #[comptime] form: ProductForm,
) {
    let tile = comptime!(form.tile);
    let member = CUBE_POS_Z;
    let part = CUBE_POS_Y / down;
    let depth = comptime!(tile.depth());
    let first_row = (CUBE_POS_Y % down) * tile.height();
    let first_column = CUBE_POS_X * tile.width();
    let mut own_left =
        SharedMemory::<f32>::new(comptime!((tile.depth() * tile.left_stride()) as usize));
    let mut own_right =
        SharedMemory::<f32>::new(comptime!((tile.depth() * tile.right_stride()) as usize));
    let mut sums = zeros(tile);
    let units_of_cube = CUBE_DIM_X * CUBE_DIM_Y;
    let begin = part * length;
    let end = min(begin + length, inner);
    let chunks = (length + depth - 1) / depth;
    for chunk in 0..chunks {
        let start = begin + chunk * depth;
        #[unroll]
        for i in 0..comptime!(tile.height() * tile.depth() / UNITS) {
            let place = i * units_of_cube + UNIT_POS;
            let (k, r) = split(
                place,
                depth,
                comptime!(tile.height()),
                form.left_is_transposed,
            );
            let mut value = 0.0f32;
            if first_row + r < rows && start + k < end {
                let own = member * left_member + (first_row + r) * left_row;
                value = left[(own + (start + k) * left_inner) as usize];
            }
            own_left[(k * comptime!(tile.left_stride()) + r) as usize] = value;
        }
        #[unroll]
        for i in 0..comptime!(tile.width() * tile.depth() / UNITS) {
            let place = i * units_of_cube + UNIT_POS;
            let is_along_rows = comptime!(!form.right_is_transposed);
            let (k, c) = split(place, depth, comptime!(tile.width()), is_along_rows);
            let mut value = 0.0f32;
            if first_column + c < columns && start + k < end {
                let own = member * right_member + (first_column + c) * right_column;
                value = right[(own + (start + k) * right_inner) as usize];
            }
            own_right[(k * comptime!(tile.right_stride()) + c) as usize] = value;
        }
        sync_cube();
        multiply_chunk(&mut sums, &own_left, &own_right, tile);
        sync_cube();
    }
    let first = (part * CUBE_COUNT_Z + member) * rows;
    #[unroll]
    for i in 0..tile.rows {
        let row = first_row + UNIT_POS_Y + i * SIDE;
        #[unroll]
        for j in 0..tile.columns {
            let column = first_column + UNIT_POS_X + j * SIDE;
            if row < rows && column < columns {
                let place = ((first + row) * columns + column) as usize;
                output[place] = sums[comptime!((i * tile.columns + j) as usize)];
            }
        }
    }
}

/// The positions along the inner and the other dimension that a unit reads, such that neighbouring units read
/// neighbouring memory.
#[cube]
fn split(place: u32, depth: u32, other: u32, #[comptime] other_is_contiguous: bool) -> (u32, u32) {
    if other_is_contiguous {
        (place / other, place % other)
    } else {
        (place % depth, place / depth)
    }
}

/// Adds up the parts: `[parts, count]` to `[count]`.
#[cube(launch_unchecked)]
fn add_parts(parts: &Array<f32>, sum: &mut Array<f32>, count: u32, number: u32) {
    let place = ABSOLUTE_POS as u32;
    if place < count {
        let mut total = 0.0f32;
        for part in 0..number {
            total += parts[(part * count + place) as usize];
        }
        sum[place as usize] = total;
    }
}
