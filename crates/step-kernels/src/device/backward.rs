//! The backward pass of a dense layer: the gradient of the previous layer's sums, in one kernel.

use super::activation::{derivative_at, derivative_of_value};
use super::batch_norm::{NormForm, gradient_of_tile, shifted};
use super::dropout::factor;
use super::tile::{SIDE, Tile, UNITS, multiply_chunk, zeros};
use super::units::{activation_of, kept_of, threshold_of};
use cubecl::prelude::*;

/// What the kernel is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BackwardForm {
    pub(crate) tile: Tile,
    /// Whether any member dropped units of the layer before.
    pub(crate) drops: bool,
    /// Whether `values` are the inputs of the activation, not its outputs.
    pub(crate) keeps_input: bool,
    /// How the layer before is normalised.
    pub(crate) norm: NormForm,
    /// The number of optimizer state lists, the maximum over all members.
    pub(crate) lists: usize,
}

/// Computes `output = norm'((gradient · weightᵀ) × dropout × activation')` for each member, and updates the
/// norm's weight and bias.
///
/// - `gradient`: `[members, rows, inner]` of a layer's sums
/// - `weight`: `[members, columns, inner]` of that layer
/// - `values`: `[members, rows, columns]`: the output of the previous layer, or the input of its
///   activation, or, if it has a norm, its normalised sums
/// - `norm`, `statistics`: of the layer before, see [`super::batch_norm`]
/// - `units`, `kept`, `keys`: of the layer before
/// - `rules`, `steps`, `step`: as in the update kernel
/// - `output`: `[members, rows, columns]`: the gradient of the sums of the layer before; with
///   [`NormForm::SeparateKernel`], the gradient of the norm's output
#[cube(launch_unchecked)]
pub(crate) fn backward(
    gradient: &Array<f32>,
    weight: &Array<f32>,
    values: &Array<f32>,
    norm: &mut Array<f32>,
    statistics: &Array<f32>,
    units: &Array<u32>,
    kept: &Array<f32>,
    keys: &Array<u32>,
    rules: &Array<u32>,
    steps: &Array<f32>,
    output: &mut Array<f32>,
    rows: u32,
    inner: u32,
    columns: u32,
    first_key: u32,
    step: u32,
    #[comptime] form: BackwardForm,
) {
    let tile = comptime!(form.tile);
    let member = CUBE_POS_Z;
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
            let k = element % depth;
            let r = element / depth;
            let mut value = 0.0f32;
            if first_row + r < rows && start + k < inner {
                value = gradient[((member * rows + first_row + r) * inner + start + k) as usize];
            }
            left[(k * comptime!(tile.left_stride()) + r) as usize] = value;
        }
        #[unroll]
        for i in 0..comptime!(tile.width() * tile.depth() / UNITS) {
            let element = i * units_of_cube + UNIT_POS;
            let k = element % depth;
            let c = element / depth;
            let mut value = 0.0f32;
            if first_column + c < columns && start + k < inner {
                let row = member as usize * columns as usize + (first_column + c) as usize;
                value = weight[row * inner as usize + (start + k) as usize];
            }
            right[(k * comptime!(tile.right_stride()) + c) as usize] = value;
        }
        sync_cube();
        multiply_chunk(&mut sums, &left, &right, tile);
        sync_cube();
    }
    let code = activation_of(units, member);
    let mut normalised = zeros(tile);
    #[unroll]
    for i in 0..tile.rows {
        let row = first_row + UNIT_POS_Y + i * SIDE;
        #[unroll]
        for j in 0..tile.columns {
            let column = first_column + UNIT_POS_X + j * SIDE;
            let register = comptime!((i * tile.columns + j) as usize);
            // Entries outside the matrix stay 0.
            if row < rows && column < columns {
                let mut value = values[((member * rows + row) * columns + column) as usize];
                let mut gradient = sums[register];
                if comptime!(form.drops) {
                    let (threshold, kept) = (threshold_of(units, member), kept_of(kept, member));
                    gradient *= factor(keys, first_key, member, threshold, kept, row, column);
                    if comptime!(!form.keeps_input && form.norm == NormForm::None) {
                        // What was kept was multiplied by this.
                        value /= kept;
                    }
                }
                if comptime!(form.norm != NormForm::None) {
                    normalised[register] = value;
                    let x = shifted(norm, value, member, column, columns);
                    gradient *= derivative_at(code, x);
                } else if comptime!(form.keeps_input) {
                    gradient *= derivative_at(code, value);
                } else {
                    gradient *= derivative_of_value(code, value);
                }
                sums[register] = gradient;
            }
        }
    }
    if comptime!(form.norm == NormForm::InTile) {
        gradient_of_tile(
            &mut sums,
            &normalised,
            &mut right,
            norm,
            statistics,
            rules,
            steps,
            member,
            step,
            rows,
            first_column,
            columns,
            tile,
            form.lists,
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
                output[index] = sums[comptime!((i * tile.columns + j) as usize)];
            }
        }
    }
}
