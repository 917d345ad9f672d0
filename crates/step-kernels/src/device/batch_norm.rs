//! Batch norm (Ioffe and Szegedy 2015) of a dense layer's sums, as in `torch.nn.BatchNorm1d`.
//!
//! If a cube's tile holds the whole batch, the cube normalises its columns in registers. For larger batches,
//! separate kernels read the columns again and normalise them.
//!
//! - `norm`: `[1 + lists, 2, members, columns]`: weights, then biases, then the optimizer state of both
//! - `statistics`: `[3, members, columns]`: the running mean, the running variance, and 1/√(variance + ε) of
//!   the latest batch

use super::forward::{ActivationForm, unit_output};
use super::rule::step_weight;
use super::tile::{SIDE, Tile};
use cubecl::prelude::*;

/// How a layer's sums are normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NormForm {
    /// Not at all.
    None,
    /// By the cube that computes them, whose tile holds all rows of the batch.
    InTile,
    /// By a separate kernel.
    Apart,
}

/// The maximum number of rows in a tile.
pub(crate) const MOST_ROWS: u32 = 4 * SIDE;
/// The tile of the kernels for larger batches: one value per unit.
const SINGLE: Tile = Tile {
    rows: 1,
    columns: 1,
};
/// PyTorch's default, added to the variance to prevent division by zero.
const EPSILON: f32 = 1e-5;
/// PyTorch's default: the weight of the latest batch in the running mean and variance.
const MOMENTUM: f32 = 0.1;

/// The activation's input for a normalised sum, which is scaled by the norm's weight and shifted by its bias.
#[cube]
pub(crate) fn shifted(
    norm: &Array<f32>,
    normalised: f32,
    member: u32,
    column: u32,
    columns: u32,
) -> f32 {
    let place = (member * columns + column) as usize;
    normalised * norm[place] + norm[place + (CUBE_COUNT_Z * columns) as usize]
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
            note(
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
fn note(
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
    let own = (member * columns + column) as usize;
    if rows > 1 {
        let of_sample = f32::cast_from(rows) / f32::cast_from(rows - 1) * MOMENTUM;
        statistics[own] = statistics[own] * (1.0 - MOMENTUM) + mean * MOMENTUM;
        statistics[own + list] = statistics[own + list] * (1.0 - MOMENTUM) + variance * of_sample;
    }
    statistics[own + 2 * list] = scale;
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
            let own = (member * columns + column) as usize;
            let scale = statistics[own + 2 * list] * norm[own];
            let (of_bias, of_weight) = (bias[j as usize], weight[j as usize]);
            #[unroll]
            for i in 0..tile.rows {
                let place = comptime!((i * tile.columns + j) as usize);
                let through = of_bias / count + normalised[place] * (of_weight / count);
                gradient[place] = (gradient[place] - through) * scale;
            }
        }
    }
    // Weights are updated only after every unit has read them.
    sync_cube();
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

/// Updates a column's weight and bias.
#[cube]
fn step_norm(
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
    let own = (member * columns + column) as usize;
    let code = rules[member as usize];
    let numbers = ((step + member) * 16) as usize;
    step_weight(
        norm,
        own,
        2 * list,
        weight_gradient,
        code,
        steps,
        numbers,
        lists,
    );
    step_weight(
        norm,
        own + list,
        2 * list,
        bias_gradient,
        code,
        steps,
        numbers,
        lists,
    );
}

/// [`NormForm::Apart`]: normalises the columns of the sums, and computes the layer's output.
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
    #[comptime] form: ActivationForm,
) {
    let member = CUBE_POS_Z;
    let column = CUBE_POS_X * SIDE + UNIT_POS_X;
    let is_inside = column < columns;
    let count = f32::cast_from(rows);
    let first = member * rows * columns + column;
    let mut shared = SharedMemory::<f32>::new(comptime!((SIDE * SIDE) as usize));
    let mut own = Array::<f32>::new(1usize);
    own[0] = 0.0;
    if is_inside {
        let mut row = UNIT_POS_Y;
        while row < rows {
            own[0] += sums[(first + row * columns) as usize];
            row += SIDE;
        }
    }
    let mean = column_sums(&own, &mut shared, SINGLE)[0] / count;
    own[0] = 0.0;
    if is_inside {
        let mut row = UNIT_POS_Y;
        while row < rows {
            let centred = sums[(first + row * columns) as usize] - mean;
            own[0] += centred * centred;
            row += SIDE;
        }
    }
    let variance = column_sums(&own, &mut shared, SINGLE)[0] / count;
    let scale = 1.0 / f32::sqrt(variance + EPSILON);
    if is_inside {
        let mut row = UNIT_POS_Y;
        while row < rows {
            let place = (first + row * columns) as usize;
            let normalised = (sums[place] - mean) * scale;
            sums[place] = normalised;
            let x = shifted(norm, normalised, member, column, columns);
            output[place] = unit_output(x, units, kept, keys, first_key, member, row, column, form);
            row += SIDE;
        }
        if UNIT_POS_Y == 0 {
            note(
                statistics, mean, variance, scale, member, rows, column, columns,
            );
        }
    }
}

/// [`NormForm::Apart`]: what [`gradient_of_tile`] does, for batches of any size.
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
    let mut own_bias = Array::<f32>::new(1usize);
    let mut own_weight = Array::<f32>::new(1usize);
    own_bias[0] = 0.0;
    own_weight[0] = 0.0;
    if is_inside {
        let mut row = UNIT_POS_Y;
        while row < rows {
            let place = (first + row * columns) as usize;
            own_bias[0] += gradient[place];
            own_weight[0] += gradient[place] * normalised[place];
            row += SIDE;
        }
    }
    let bias = column_sums(&own_bias, &mut shared, SINGLE)[0];
    let weight = column_sums(&own_weight, &mut shared, SINGLE)[0];
    if is_inside {
        let own = (member * columns + column) as usize;
        let list = (CUBE_COUNT_Z * columns) as usize;
        let scale = statistics[own + 2 * list] * norm[own];
        let mut row = UNIT_POS_Y;
        while row < rows {
            let place = (first + row * columns) as usize;
            let through = bias / count + normalised[place] * (weight / count);
            gradient[place] = (gradient[place] - through) * scale;
            row += SIDE;
        }
    }
    // Weights are updated only after every unit has read them.
    sync_cube();
    if UNIT_POS_Y == 0 && is_inside {
        step_norm(
            norm, weight, bias, rules, steps, member, step, column, columns, lists,
        );
    }
}

/// Sums the columns of a tile; each unit receives the sums of its own columns.
///
/// The order of additions does not depend on the tile's width. Every unit of the cube must call this function.
/// `shared` is free for other uses before and after.
#[cube]
fn column_sums(
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
