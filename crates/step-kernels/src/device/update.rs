//! The gradient of a layer's weights and biases, and the optimizer step, in one kernel.

use super::rule::step_weight;
use super::samples::{InputForm, input_at};
use super::tile::{SIDE, Tile, UNITS, multiply_chunk, zeros};
use super::units::owner_of;
use crate::rule::CONSTANTS;
use cubecl::prelude::*;

/// Compile-time parameters of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct UpdateForm {
    pub(crate) tile: Tile,
    pub(crate) input: InputForm,
    /// The maximum number of state lists of a member's optimizer.
    pub(crate) lists: usize,
}

/// `gradient ← inputᵀ · sums_gradient`, then each member's step of its weight and bias.
///
/// - `input`, `words`, `positions`, `first`, `scaling`: see [`input_at`]; here `rows` are the layer's
///   inputs, `inner` the batch
/// - `gradient`: `[members, inner, columns]` of the layer's sums
/// - `rules`: a code for each member; `steps`: the constants of each member's step, from `step` on
/// - `weight`: `[1 + lists, members, rows, columns]`, `bias`: `[1 + lists, members, columns]`: the parameters,
///   then each state list
#[cube(launch_unchecked)]
pub(crate) fn update(
    input: &Array<f32>,
    words: &Array<u32>,
    positions: &Array<u32>,
    scaling: &Array<f32>,
    gradient: &Array<f32>,
    rules: &Array<u32>,
    steps: &Array<f32>,
    weight: &mut Array<f32>,
    bias: &mut Array<f32>,
    rows: u32,
    inner: u32,
    columns: u32,
    first: u32,
    step: u32,
    #[comptime] form: UpdateForm,
) {
    let tile = comptime!(form.tile);
    let member = CUBE_POS_Z;
    let owner = owner_of(member, comptime!(form.input.shares));
    let depth = comptime!(tile.depth());
    let first_row = CUBE_POS_Y * tile.height();
    let first_column = CUBE_POS_X * tile.width();
    let mut left =
        SharedMemory::<f32>::new(comptime!((tile.depth() * tile.left_stride()) as usize));
    let mut right =
        SharedMemory::<f32>::new(comptime!((tile.depth() * tile.right_stride()) as usize));
    let mut sums = zeros(tile);
    let units_of_cube = CUBE_DIM_X * CUBE_DIM_Y;
    let chunks = (inner + depth - 1) / depth;
    for chunk in 0..chunks {
        let start = chunk * depth;
        #[unroll]
        for i in 0..comptime!(tile.height() * tile.depth() / UNITS) {
            let element = i * units_of_cube + UNIT_POS;
            let r = element % comptime!(tile.height());
            let k = element / comptime!(tile.height());
            let mut value = 0.0f32;
            if first_row + r < rows && start + k < inner {
                value = input_at(
                    input,
                    words,
                    positions,
                    scaling,
                    first,
                    owner,
                    start + k,
                    inner,
                    first_row + r,
                    rows,
                    form.input,
                );
            }
            left[(k * comptime!(tile.left_stride()) + r) as usize] = value;
        }
        #[unroll]
        for i in 0..comptime!(tile.width() * tile.depth() / UNITS) {
            let element = i * units_of_cube + UNIT_POS;
            let c = element % comptime!(tile.width());
            let k = element / comptime!(tile.width());
            let mut value = 0.0f32;
            if first_column + c < columns && start + k < inner {
                let row = member * inner + start + k;
                value = gradient[(row * columns + first_column + c) as usize];
            }
            right[(k * comptime!(tile.right_stride()) + c) as usize] = value;
        }
        sync_cube();
        multiply_chunk(&mut sums, &left, &right, tile);
        sync_cube();
    }
    let code = rules[member as usize];
    let numbers = ((step + member) * comptime!(CONSTANTS as u32)) as usize;
    // All members' weights, then each list.
    let biases = (CUBE_COUNT_Z * columns) as usize;
    let weights = rows as usize * biases;
    #[unroll]
    for i in 0..tile.rows {
        let row = first_row + UNIT_POS_Y + i * SIDE;
        #[unroll]
        for j in 0..tile.columns {
            let column = first_column + UNIT_POS_X + j * SIDE;
            if row < rows && column < columns {
                let of_row = member as usize * rows as usize + row as usize;
                let index = of_row * columns as usize + column as usize;
                step_weight(
                    weight,
                    index,
                    weights,
                    sums[comptime!((i * tile.columns + j) as usize)],
                    code,
                    steps,
                    numbers,
                    comptime!(form.lists),
                );
            }
        }
    }
    // The cubes of the first rows update the biases, one per unit.
    let column = first_column + UNIT_POS;
    if first_row == 0 && UNIT_POS < comptime!(tile.width()) && column < columns {
        let mut sum = 0.0f32;
        for k in 0..inner {
            sum += gradient[((member * inner + k) * columns + column) as usize];
        }
        let index = (member * columns + column) as usize;
        step_weight(
            bias,
            index,
            biases,
            sum,
            code,
            steps,
            numbers,
            comptime!(form.lists),
        );
    }
}
