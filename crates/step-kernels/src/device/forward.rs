//! A dense layer forward: product, bias, activation and dropout in one kernel.

use super::activation::activated;
use super::dropout::factor;
use super::samples::feature;
use super::tile::{SIDE, Tile, UNITS, multiply_chunk, zeros};
use super::units::{activation_of, kept_of, owner_of, threshold_of, width_of};
use cubecl::prelude::*;

/// What a layer's kernel is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ForwardForm {
    pub(crate) tile: Tile,
    /// Whether the input is the data set, whose rows are found by positions and scaled.
    pub(crate) from_samples: bool,
    /// Whether samples are scaled.
    pub(crate) scales: bool,
    /// Whether the data set is bytes.
    pub(crate) bytes: bool,
    /// Whether members share their input.
    pub(crate) shares_input: bool,
    /// Whether any member drops units.
    pub(crate) drops: bool,
    /// Whether what goes into the activation is kept beside what comes out.
    pub(crate) keeps_input: bool,
}

/// `output = dropout(activation(input · weight + bias))`, for each member.
///
/// - `input`: `[members or 1, rows, inner]`, or the data set `[samples, inner]`; `words`: the data set as
///   bytes, see [`super::samples`]
/// - `positions`: of the batch's samples from `first` on, owner by owner
/// - `scaling`: what is subtracted from a feature, then what the difference is multiplied by: `[owners, 2,
///   inner]`
/// - `weight`: `[members, inner, columns]`, `bias`: `[members, columns]`
/// - `units`, `kept`: see [`super::units`]
/// - `keys`: of this step's dropout from `first_key` on
/// - `output`, `before`: `[members, rows, columns]`
#[cube(launch_unchecked)]
pub(crate) fn forward(
    input: &Array<f32>,
    words: &Array<u32>,
    positions: &Array<u32>,
    scaling: &Array<f32>,
    weight: &Array<f32>,
    bias: &Array<f32>,
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
    let owner = owner_of(member, comptime!(form.shares_input));
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
            let place = i * units_of_cube + UNIT_POS;
            let k = place % depth;
            let r = place / depth;
            let mut value = 0.0f32;
            if first_row + r < rows && start + k < inner {
                if comptime!(form.from_samples) {
                    let row = owner * rows + first_row + r;
                    let sample = positions[(first + row) as usize];
                    value = feature(input, words, sample, start + k, inner, form.bytes);
                    if comptime!(form.scales) {
                        let own = (2 * owner * inner + start + k) as usize;
                        value = (value - scaling[own]) * scaling[own + inner as usize];
                    }
                } else {
                    value = input[((owner * rows + first_row + r) * inner + start + k) as usize];
                }
            }
            left[(k * comptime!(tile.left_stride()) + r) as usize] = value;
        }
        #[unroll]
        for i in 0..comptime!(tile.width() * tile.depth() / UNITS) {
            let place = i * units_of_cube + UNIT_POS;
            let c = place % comptime!(tile.width());
            let k = place / comptime!(tile.width());
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
    let code = activation_of(units, member);
    let width = width_of(units, member);
    #[unroll]
    for i in 0..tile.rows {
        let row = first_row + UNIT_POS_Y + i * SIDE;
        #[unroll]
        for j in 0..tile.columns {
            let column = first_column + UNIT_POS_X + j * SIDE;
            if row < rows && column < columns {
                let place = ((member * rows + row) * columns + column) as usize;
                let sum = sums[comptime!((i * tile.columns + j) as usize)];
                let x = sum + bias[(member * columns + column) as usize];
                // Units that pad a narrower member are 0, whatever the function is at 0.
                let mut value = select(column < width, activated(code, x), 0.0f32);
                if comptime!(form.keeps_input) {
                    before[place] = x;
                }
                if comptime!(form.drops) {
                    let (threshold, kept) = (threshold_of(units, member), kept_of(kept, member));
                    value *= factor(keys, first_key, member, threshold, kept, row, column);
                }
                output[place] = value;
            }
        }
    }
}
