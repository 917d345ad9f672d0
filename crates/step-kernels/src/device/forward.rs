//! A dense layer forward: product, bias, batch norm, activation and dropout in one kernel.

use super::activation::activated;
use super::batch_norm::{NormForm, normalise_tile, shifted};
use super::dropout::factor;
use super::samples::{InputForm, input_at};
use super::tile::{SIDE, Tile, UNITS, multiply_chunk, zeros};
use super::units::{activation_of, kept_of, owner_of, threshold_of, width_of};
use cubecl::prelude::*;

/// What a layer's kernel is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ForwardForm {
    pub(crate) tile: Tile,
    pub(crate) input: InputForm,
    pub(crate) norm: NormForm,
    /// Whether any member drops units.
    pub(crate) drops: bool,
    /// Whether `before` receives the activation's input.
    pub(crate) keeps_input: bool,
}

/// `output = dropout(activation(norm(input · weight + bias)))`, for each member.
///
/// - `input`, `words`, `positions`, `first`, `scaling`: see [`input_at`]
/// - `weight`: `[members, inner, columns]`, `bias`: `[members, columns]`
/// - `norm`, `statistics`: see [`super::batch_norm`]
/// - `units`, `kept`: see [`super::units`]
/// - `keys`: of this step's dropout from `first_key` on
/// - `output`: `[members, rows, columns]`
/// - `before`: `[members, rows, columns]`: the other values that the gradient needs: the activation's input, or
///   the normalised sums. With [`NormForm::SeparateKernel`], it receives the unnormalised sums, and `output` is not written
#[cube(launch_unchecked)]
pub(crate) fn forward(
    input: &Array<f32>,
    words: &Array<u32>,
    positions: &Array<u32>,
    scaling: &Array<f32>,
    weight: &Array<f32>,
    bias: &Array<f32>,
    norm: &Array<f32>,
    statistics: &mut Array<f32>,
    units: &Array<u32>,
    kept: &Array<f32>,
    keys: &Array<u32>,
    output: &mut Array<f32>,
    before: &mut Array<f32>,
    rows: u32,
    inner: u32,
    columns: u32,
    first: u32,
    first_key: u32,
    #[comptime] form: ForwardForm,
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
        // Neighbouring units read neighbouring numbers of a row.
        #[unroll]
        for i in 0..comptime!(tile.height() * tile.depth() / UNITS) {
            let element = i * units_of_cube + UNIT_POS;
            let k = element % depth;
            let r = element / depth;
            let mut value = 0.0f32;
            if first_row + r < rows && start + k < inner {
                value = input_at(
                    input,
                    words,
                    positions,
                    scaling,
                    first,
                    owner,
                    first_row + r,
                    rows,
                    start + k,
                    inner,
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
                let row = member as usize * inner as usize + (start + k) as usize;
                value = weight[row * columns as usize + (first_column + c) as usize];
            }
            right[(k * comptime!(tile.right_stride()) + c) as usize] = value;
        }
        sync_cube();
        multiply_chunk(&mut sums, &left, &right, tile);
        sync_cube();
    }
    #[unroll]
    for j in 0..tile.columns {
        let column = first_column + UNIT_POS_X + j * SIDE;
        if column < columns {
            let bias = bias[(member * columns + column) as usize];
            #[unroll]
            for i in 0..tile.rows {
                sums[comptime!((i * tile.columns + j) as usize)] += bias;
            }
        }
    }
    if comptime!(form.norm == NormForm::InTile) {
        normalise_tile(
            &mut sums,
            &mut right,
            statistics,
            member,
            rows,
            first_column,
            columns,
            tile,
        );
    }
    #[unroll]
    for i in 0..tile.rows {
        let row = first_row + UNIT_POS_Y + i * SIDE;
        #[unroll]
        for j in 0..tile.columns {
            let column = first_column + UNIT_POS_X + j * SIDE;
            if row < rows && column < columns {
                let index = ((member * rows + row) * columns + column) as usize;
                let sum = sums[comptime!((i * tile.columns + j) as usize)];
                if comptime!(form.norm == NormForm::SeparateKernel) {
                    before[index] = sum;
                } else {
                    let mut x = sum;
                    if comptime!(form.norm == NormForm::InTile) {
                        x = shifted(norm, sum, member, column, columns);
                        before[index] = sum;
                    } else if comptime!(form.keeps_input) {
                        before[index] = x;
                    }
                    output[index] = unit_output(
                        x, units, kept, keys, first_key, member, row, column, form.drops,
                    );
                }
            }
        }
    }
}

/// A unit's output, for its activation's input `x`.
#[cube]
pub(crate) fn unit_output(
    x: f32,
    units: &Array<u32>,
    kept: &Array<f32>,
    keys: &Array<u32>,
    first_key: u32,
    member: u32,
    row: u32,
    column: u32,
    #[comptime] drops: bool,
) -> f32 {
    // Units that pad a narrower member are 0, whatever the activation of 0 is.
    let value = activated(activation_of(units, member), x);
    let value = select(column < width_of(units, member), value, 0.0f32);
    if comptime!(drops) {
        let (threshold, kept) = (threshold_of(units, member), kept_of(kept, member));
        value * factor(keys, first_key, member, threshold, kept, row, column)
    } else {
        value
    }
}
