//! Batch norm by separate kernels, for batches that a tile does not hold.

use super::batch_norm::{
    EPSILON, column_sums, shifted, step_norm, through_norm, update_running_statistics,
};
use super::forward::unit_output;
use super::tile::{SIDE, Tile};
use cubecl::prelude::*;

/// The tile of the kernels for larger batches: one value per unit.
const SINGLE: Tile = Tile {
    rows: 1,
    columns: 1,
};

/// [`super::batch_norm::NormForm::SeparateKernel`]: normalises the columns of the sums, and computes the layer's output.
///
/// - `sums`: `[members, rows, columns]`, normalised in place
/// - all others: as in the forward kernel
#[cube(launch_unchecked)]
pub(crate) fn normalise(
    sums: &mut Array<f32>,
    norm: &Array<f32>,
    statistics: &mut Array<f32>,
    units: &Array<u32>,
    kept: &Array<f32>,
    keys: &Array<u32>,
    output: &mut Array<f32>,
    rows: u32,
    columns: u32,
    first_key: u32,
    #[comptime] drops: bool,
) {
    let member = CUBE_POS_Z;
    let column = CUBE_POS_X * SIDE + UNIT_POS_X;
    let is_inside = column < columns;
    let count = f32::cast_from(rows);
    let first = member * rows * columns + column;
    let mut shared = SharedMemory::<f32>::new(comptime!((SIDE * SIDE) as usize));
    let mut partial = Array::<f32>::new(1usize);
    partial[0] = 0.0;
    if is_inside {
        let mut row = UNIT_POS_Y;
        while row < rows {
            partial[0] += sums[(first + row * columns) as usize];
            row += SIDE;
        }
    }
    let mean = column_sums(&partial, &mut shared, SINGLE)[0] / count;
    partial[0] = 0.0;
    if is_inside {
        let mut row = UNIT_POS_Y;
        while row < rows {
            let centred = sums[(first + row * columns) as usize] - mean;
            partial[0] += centred * centred;
            row += SIDE;
        }
    }
    let variance = column_sums(&partial, &mut shared, SINGLE)[0] / count;
    let scale = 1.0 / f32::sqrt(variance + EPSILON);
    if is_inside {
        let mut row = UNIT_POS_Y;
        while row < rows {
            let index = (first + row * columns) as usize;
            let normalised = (sums[index] - mean) * scale;
            sums[index] = normalised;
            let x = shifted(norm, normalised, member, column, columns);
            output[index] =
                unit_output(x, units, kept, keys, first_key, member, row, column, drops);
            row += SIDE;
        }
        if UNIT_POS_Y == 0 {
            update_running_statistics(
                statistics, mean, variance, scale, member, rows, column, columns,
            );
        }
    }
}

/// [`super::batch_norm::NormForm::SeparateKernel`]: the same as [`gradient_of_tile`], for batches of any size.
///
/// - `gradient`: `[members, rows, columns]`, changed in place
/// - `normalised`: `[members, rows, columns]`
/// - all others: as in the backward kernel
#[cube(launch_unchecked)]
pub(crate) fn normalise_gradient(
    gradient: &mut Array<f32>,
    normalised: &Array<f32>,
    norm: &mut Array<f32>,
    statistics: &Array<f32>,
    rules: &Array<u32>,
    steps: &Array<f32>,
    rows: u32,
    columns: u32,
    step: u32,
    #[comptime] lists: usize,
) {
    let member = CUBE_POS_Z;
    let column = CUBE_POS_X * SIDE + UNIT_POS_X;
    let is_inside = column < columns;
    let count = f32::cast_from(rows);
    let first = member * rows * columns + column;
    let mut shared = SharedMemory::<f32>::new(comptime!((SIDE * SIDE) as usize));
    let mut partial_bias = Array::<f32>::new(1usize);
    let mut partial_weight = Array::<f32>::new(1usize);
    partial_bias[0] = 0.0;
    partial_weight[0] = 0.0;
    if is_inside {
        let mut row = UNIT_POS_Y;
        while row < rows {
            let index = (first + row * columns) as usize;
            partial_bias[0] += gradient[index];
            partial_weight[0] += gradient[index] * normalised[index];
            row += SIDE;
        }
    }
    let bias = column_sums(&partial_bias, &mut shared, SINGLE)[0];
    let weight = column_sums(&partial_weight, &mut shared, SINGLE)[0];
    if is_inside {
        let norm_index = (member * columns + column) as usize;
        let list = (CUBE_COUNT_Z * columns) as usize;
        let scale = statistics[norm_index + 2 * list] * norm[norm_index];
        let mut row = UNIT_POS_Y;
        while row < rows {
            let index = (first + row * columns) as usize;
            gradient[index] = through_norm(
                gradient[index],
                normalised[index],
                bias / count,
                weight / count,
                scale,
            );
            row += SIDE;
        }
    }
    // Weights are updated only after every unit has read them.
    sync_cube();
    sync_storage();
    if UNIT_POS_Y == 0 && is_inside {
        step_norm(
            norm, weight, bias, rules, steps, member, step, column, columns, lists,
        );
    }
}
