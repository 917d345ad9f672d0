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

/// The length of the inner dimension that one cube adds up for the gradient of a weight, and the maximum number of
/// such parts. Over all positions of a batch of images the inner dimension is long and the product small, so a
/// single part would be the work of a few cubes. Not tuned on a GPU.
const PART_LENGTH: usize = 1024;
const MAX_PARTS: usize = 16;
/// The maximum number of cubes of a launch along each dimension, on every device.
const MAX_CUBES: u32 = 65_535;

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

/// `left · right` of each member, in new memory: `[members, rows, columns]`.
///
/// If the left matrix is stored by columns, as the transposed input is in the gradient of a weight, a long inner
/// dimension is added up in parts. The number of parts depends on the inner dimension alone, so a member's result
/// depends neither on the other members nor on the device. `allocated` is called while all memory of the product
/// is in use.
///
/// # Panics
/// If the shapes do not match, a dimension is 0, there are more than 65,535 members, or a matrix is too large to be
/// indexed with 32 bits.
pub fn product<R: Runtime>(
    client: &ComputeClient<R>,
    left: &Matrices,
    right: &Matrices,
    allocated: impl FnOnce(),
) -> Handle {
    let [left_members, rows, inner] = left.shape;
    let [right_members, right_inner, columns] = right.shape;
    let members = left_members.max(right_members);
    assert_eq!(inner, right_inner, "the inner dimension");
    for operand in [left, right] {
        assert!(operand.shape.iter().all(|&n| n > 0), "a product of nothing");
        assert!([1, members].contains(&operand.shape[0]), "members");
    }
    let left_is_transposed = left.strides[1] < left.strides[2];
    let parts = match left_is_transposed {
        true => inner.div_ceil(PART_LENGTH).min(MAX_PARTS),
        false => 1,
    };
    let count = members * rows * columns;
    let lengths = [left.length(), right.length(), parts * count];
    let is_indexable = lengths.iter().all(|&n| u32::try_from(n).is_ok());
    assert!(
        is_indexable && members <= MAX_CUBES as usize,
        "a product of {lengths:?} values over {members} members"
    );
    let [rows, inner, columns] = [rows, inner, columns].map(|n| n as u32);
    let products = (parts * members) as u32;
    let tile = Tile::new(rows, columns, products, multiprocessors(client));
    let [across, down] = tile.grid(rows, columns);
    // All tiles of all parts in one row, which is split into several if it is too long.
    let tiles = u64::from(across) * u64::from(down) * parts as u64;
    let breadth = tiles.min(u64::from(MAX_CUBES)) as u32;
    let height = tiles.div_ceil(u64::from(breadth)) as u32;
    let output = Buffer::empty(client, parts * count);
    let form = ProductForm {
        tile,
        left_is_transposed,
        right_is_transposed: right.strides[1] < right.strides[2],
    };
    let [left_strides, right_strides] =
        [left, right].map(|operand| operand.strides.map(|s| s as u32));
    // SAFETY: every index is below the lengths of the matrices.
    unsafe {
        product_of_parts::launch_unchecked::<R>(
            client,
            CubeCount::Static(breadth, height, members as u32),
            CubeDim::new_2d(SIDE, SIDE),
            left.argument(),
            right.argument(),
            output.argument(),
            rows,
            inner,
            columns,
            across,
            down,
            parts as u32,
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
        allocated();
        return output.handle;
    }
    let sum = Buffer::empty(client, count);
    // SAFETY: likewise.
    unsafe {
        add_parts::launch_unchecked::<R>(
            client,
            CubeCount::Static((count as u32).div_ceil(UNITS).min(MAX_CUBES), 1, 1),
            CubeDim::new_1d(UNITS),
            output.argument(),
            sum.argument(),
            count as u32,
            parts as u32,
        );
    }
    allocated();
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

/// `output = left · right` over each part of the inner dimension: `[parts, members, rows, columns]`.
///
/// The cubes of a member are numbered by part, then down, then across its tiles.
#[cube(launch_unchecked)]
fn product_of_parts(
    left: &Array<f32>,
    right: &Array<f32>,
    output: &mut Array<f32>,
    rows: u32,
    inner: u32,
    columns: u32,
    across: u32,
    down: u32,
    parts: u32,
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
    let number = CUBE_POS_Y * CUBE_COUNT_X + CUBE_POS_X;
    let part = number / (across * down);
    let depth = comptime!(tile.depth());
    let first_row = (number / across % down) * tile.height();
    let first_column = (number % across) * tile.width();
    let mut shared_left =
        SharedMemory::<f32>::new(comptime!((tile.depth() * tile.left_stride()) as usize));
    let mut shared_right =
        SharedMemory::<f32>::new(comptime!((tile.depth() * tile.right_stride()) as usize));
    let mut sums = zeros(tile);
    let units_of_cube = CUBE_DIM_X * CUBE_DIM_Y;
    // A cube beyond the last part reads and writes nothing.
    let length = (inner + parts - 1) / parts;
    let begin = part * length;
    let end = min(begin + length, inner);
    let chunks = (length + depth - 1) / depth;
    for chunk in 0..chunks {
        let start = begin + chunk * depth;
        #[unroll]
        for i in 0..comptime!(tile.height() * tile.depth() / UNITS) {
            let element = i * units_of_cube + UNIT_POS;
            let (k, r) = split(
                element,
                depth,
                comptime!(tile.height()),
                form.left_is_transposed,
            );
            let mut value = 0.0f32;
            if first_row + r < rows && start + k < end {
                let offset = member * left_member + (first_row + r) * left_row;
                value = left[(offset + (start + k) * left_inner) as usize];
            }
            shared_left[(k * comptime!(tile.left_stride()) + r) as usize] = value;
        }
        #[unroll]
        for i in 0..comptime!(tile.width() * tile.depth() / UNITS) {
            let element = i * units_of_cube + UNIT_POS;
            let is_along_rows = comptime!(!form.right_is_transposed);
            let (k, c) = split(element, depth, comptime!(tile.width()), is_along_rows);
            let mut value = 0.0f32;
            if first_column + c < columns && start + k < end {
                let offset = member * right_member + (first_column + c) * right_column;
                value = right[(offset + (start + k) * right_inner) as usize];
            }
            shared_right[(k * comptime!(tile.right_stride()) + c) as usize] = value;
        }
        sync_cube();
        multiply_chunk(&mut sums, &shared_left, &shared_right, tile);
        sync_cube();
    }
    let first = (part * CUBE_COUNT_Z + member) * rows;
    #[unroll]
    for i in 0..tile.rows {
        let row = first_row + UNIT_POS_Y + i * SIDE;
        #[unroll]
        for j in 0..tile.columns {
            let column = first_column + UNIT_POS_X + j * SIDE;
            if part < parts && row < rows && column < columns {
                let index = ((first + row) * columns + column) as usize;
                output[index] = sums[comptime!((i * tile.columns + j) as usize)];
            }
        }
    }
}

/// The positions along the inner and the other dimension that a unit reads, such that neighbouring units read
/// neighbouring memory.
#[cube]
fn split(
    element: u32,
    depth: u32,
    other: u32,
    #[comptime] other_is_contiguous: bool,
) -> (u32, u32) {
    if other_is_contiguous {
        (element / other, element % other)
    } else {
        (element % depth, element / depth)
    }
}

/// Adds up the parts: `[parts, count]` to `[count]`.
#[cube(launch_unchecked)]
fn add_parts(parts: &Array<f32>, sum: &mut Array<f32>, count: u32, number: u32) {
    let mut index = CUBE_POS_X * CUBE_DIM_X + UNIT_POS;
    let stride = CUBE_COUNT_X * CUBE_DIM_X;
    while index < count {
        let mut total = 0.0f32;
        for part in 0..number {
            total += parts[(part * count + index) as usize];
        }
        sum[index as usize] = total;
        index += stride;
    }
}
