//! Batch norm (Ioffe and Szegedy 2015) of a dense layer's sums, as in `torch.nn.BatchNorm1d`.
//!
//! If a cube's tile holds the whole batch, the cube normalises its columns in registers. For larger batches,
//! separate kernels read the columns again and normalise them.
//!
//! - `norm`: `[1 + lists, 2, members, columns]`: weights, then biases, then the optimizer state of both
//! - `statistics`: `[3, members, columns]`: the running mean, the running variance, and 1/√(variance + ε) of
//!   the latest batch

use super::rule::step_weight;
use super::tile::{SIDE, Tile};
use crate::rule::CONSTANTS;
use cubecl::prelude::*;

/// How a layer's sums are normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NormForm {
    /// Not at all.
    None,
    /// By the cube that computes them, whose tile holds all rows of the batch.
    InTile,
    /// By a separate kernel.
    SeparateKernel,
}

/// The maximum number of rows in a tile.
pub(crate) const MAX_ROWS: u32 = 4 * SIDE;
/// Added to a batch's variance.
pub(super) const EPSILON: f32 = crate::NORM_EPSILON as f32;
/// The weight of the latest batch in the running mean and variance.
const MOMENTUM: f32 = crate::NORM_MOMENTUM as f32;
/// The values of a member in `steps`.
const STEP: u32 = CONSTANTS as u32;

/// The activation's input for a normalised sum, which is scaled by the norm's weight and shifted by its bias.
#[cube]
pub(crate) fn shifted(
    norm: &Array<f32>,
    normalised: f32,
    member: u32,
    column: u32,
    columns: u32,
) -> f32 {
    let index = (member * columns + column) as usize;
    normalised * norm[index] + norm[index + (CUBE_COUNT_Z * columns) as usize]
}

/// Normalises the columns of a tile that holds all rows, and records their mean and variance.
///
/// `shared` holds at least 16 rows of the tile.
#[cube]
pub(crate) fn normalise_tile(
    sums: &mut Array<f32>,
    shared: &mut SharedMemory<f32>,
    statistics: &mut Array<f32>,
    member: u32,
    rows: u32,
    first_column: u32,
    columns: u32,
    #[comptime] tile: Tile,
) {
    let count = f32::cast_from(rows);
    outside_is_zero(sums, rows, tile);
    let mean = column_sums(sums, shared, tile);
    #[unroll]
    for i in 0..tile.rows {
        #[unroll]
        for j in 0..tile.columns {
            sums[comptime!((i * tile.columns + j) as usize)] -= mean[j as usize] / count;
        }
    }
    outside_is_zero(sums, rows, tile);
    let mut squares = Array::<f32>::new(comptime!((tile.rows * tile.columns) as usize));
    #[unroll]
    for i in 0..tile.rows * tile.columns {
        squares[i as usize] = sums[i as usize] * sums[i as usize];
    }
    let variance = column_sums(&squares, shared, tile);
    #[unroll]
    for j in 0..tile.columns {
        let column = first_column + UNIT_POS_X + j * SIDE;
        let mean = mean[j as usize] / count;
        let variance = variance[j as usize] / count;
        let scale = 1.0 / f32::sqrt(variance + EPSILON);
        #[unroll]
        for i in 0..tile.rows {
            sums[comptime!((i * tile.columns + j) as usize)] *= scale;
        }
        if UNIT_POS_Y == 0 && column < columns {
            update_running_statistics(
                statistics, mean, variance, scale, member, rows, column, columns,
            );
        }
    }
}

/// Updates the running mean and variance with those of a batch, and stores its scale for the gradient.
///
/// The running variance uses the unbiased estimate (divided by n − 1); the batch is normalised by the biased one
/// (divided by n). A batch of one sample leaves the running mean and variance unchanged.
#[cube]
pub(super) fn update_running_statistics(
    statistics: &mut Array<f32>,
    mean: f32,
    variance: f32,
    scale: f32,
    member: u32,
    rows: u32,
    column: u32,
    columns: u32,
) {
    let list = (CUBE_COUNT_Z * columns) as usize;
    let index = (member * columns + column) as usize;
    if rows > 1 {
        let of_sample = f32::cast_from(rows) / f32::cast_from(rows - 1) * MOMENTUM;
        statistics[index] = statistics[index] * (1.0 - MOMENTUM) + mean * MOMENTUM;
        statistics[index + list] =
            statistics[index + list] * (1.0 - MOMENTUM) + variance * of_sample;
    }
    statistics[index + 2 * list] = scale;
}

/// Turns the gradient of a norm's output into that of its input, for a tile that holds all rows, and updates
/// the norm's weights and biases.
///
/// `gradient` and `normalised` are 0 outside the batch.
#[cube]
pub(crate) fn gradient_of_tile(
    gradient: &mut Array<f32>,
    normalised: &Array<f32>,
    shared: &mut SharedMemory<f32>,
    norm: &mut Array<f32>,
    statistics: &Array<f32>,
    rules: &Array<u32>,
    steps: &Array<f32>,
    member: u32,
    step: u32,
    rows: u32,
    first_column: u32,
    columns: u32,
    #[comptime] tile: Tile,
    #[comptime] lists: usize,
) {
    let count = f32::cast_from(rows);
    let bias = column_sums(gradient, shared, tile);
    let mut products = Array::<f32>::new(comptime!((tile.rows * tile.columns) as usize));
    #[unroll]
    for i in 0..tile.rows * tile.columns {
        products[i as usize] = gradient[i as usize] * normalised[i as usize];
    }
    let weight = column_sums(&products, shared, tile);
    let list = (CUBE_COUNT_Z * columns) as usize;
    #[unroll]
    for j in 0..tile.columns {
        let column = first_column + UNIT_POS_X + j * SIDE;
        if column < columns {
            let index = (member * columns + column) as usize;
            let scale = statistics[index + 2 * list] * norm[index];
            let (of_bias, of_weight) = (bias[j as usize], weight[j as usize]);
            #[unroll]
            for i in 0..tile.rows {
                let register = comptime!((i * tile.columns + j) as usize);
                gradient[register] = through_norm(
                    gradient[register],
                    normalised[register],
                    of_bias / count,
                    of_weight / count,
                    scale,
                );
            }
        }
    }
    // Weights are updated only after every unit has read them.
    sync_cube();
    sync_storage();
    if UNIT_POS_Y == 0 {
        #[unroll]
        for j in 0..tile.columns {
            let column = first_column + UNIT_POS_X + j * SIDE;
            if column < columns {
                let (of_bias, of_weight) = (bias[j as usize], weight[j as usize]);
                step_norm(
                    norm, of_weight, of_bias, rules, steps, member, step, column, columns, lists,
                );
            }
        }
    }
}

/// The gradient of a norm's input. The batch's own mean and variance depend on each of its samples.
///
/// `of_bias` and `of_weight` are the gradients of the norm's bias and weight, divided by the number of samples.
#[cube]
pub(super) fn through_norm(
    gradient: f32,
    normalised: f32,
    of_bias: f32,
    of_weight: f32,
    scale: f32,
) -> f32 {
    (gradient - (of_bias + normalised * of_weight)) * scale
}

/// Updates a column's weight and bias.
#[cube]
pub(super) fn step_norm(
    norm: &mut Array<f32>,
    weight_gradient: f32,
    bias_gradient: f32,
    rules: &Array<u32>,
    steps: &Array<f32>,
    member: u32,
    step: u32,
    column: u32,
    columns: u32,
    #[comptime] lists: usize,
) {
    let list = (CUBE_COUNT_Z * columns) as usize;
    let index = (member * columns + column) as usize;
    let code = rules[member as usize];
    let numbers = ((step + member) * STEP) as usize;
    step_weight(
        norm,
        index,
        2 * list,
        weight_gradient,
        code,
        steps,
        numbers,
        lists,
    );
    step_weight(
        norm,
        index + list,
        2 * list,
        bias_gradient,
        code,
        steps,
        numbers,
        lists,
    );
}

/// Sums the columns of a tile; each unit receives the sums of its own columns.
///
/// The order of additions does not depend on the tile's width. Every unit of the cube must call this function.
/// `shared` is free for other uses before and after.
#[cube]
pub(super) fn column_sums(
    values: &Array<f32>,
    shared: &mut SharedMemory<f32>,
    #[comptime] tile: Tile,
) -> Array<f32> {
    let width = comptime!(tile.width());
    #[unroll]
    for j in 0..tile.columns {
        let mut sum = 0.0f32;
        #[unroll]
        for i in 0..tile.rows {
            sum += values[comptime!((i * tile.columns + j) as usize)];
        }
        shared[(UNIT_POS_Y * width + UNIT_POS_X + j * SIDE) as usize] = sum;
    }
    sync_cube();
    let mut totals = Array::<f32>::new(comptime!(tile.columns as usize));
    #[unroll]
    for j in 0..tile.columns {
        let mut total = 0.0f32;
        for y in 0..SIDE {
            total += shared[(y * width + UNIT_POS_X + j * SIDE) as usize];
        }
        totals[j as usize] = total;
    }
    sync_cube();
    totals
}

/// Sets the rows beyond the end of the batch to 0.
#[cube]
fn outside_is_zero(values: &mut Array<f32>, rows: u32, #[comptime] tile: Tile) {
    #[unroll]
    for i in 0..tile.rows {
        if UNIT_POS_Y + i * SIDE >= rows {
            #[unroll]
            for j in 0..tile.columns {
                values[comptime!((i * tile.columns + j) as usize)] = 0.0;
            }
        }
    }
}
