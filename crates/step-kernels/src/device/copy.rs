//! Numbers into a part of a buffer.

use cubecl::prelude::*;

/// Units of a cube.
pub(crate) const UNITS: u32 = 256;

/// `to[offset + i] = from[i]` for `count` numbers.
#[cube(launch_unchecked)]
pub(crate) fn copy_into(from: &Array<f32>, to: &mut Array<f32>, count: u32, offset: u32) {
    let first = CUBE_POS_X * CUBE_DIM_X + UNIT_POS;
    let stride = CUBE_COUNT_X * CUBE_DIM_X;
    let mut i = first;
    while i < count {
        to[(offset + i) as usize] = from[i as usize];
        i += stride;
    }
}

/// `to[i] = from[offset + i]` for `count` numbers.
#[cube(launch_unchecked)]
pub(crate) fn copy_out(from: &Array<f32>, to: &mut Array<f32>, count: u32, offset: u32) {
    let first = CUBE_POS_X * CUBE_DIM_X + UNIT_POS;
    let stride = CUBE_COUNT_X * CUBE_DIM_X;
    let mut i = first;
    while i < count {
        to[i as usize] = from[(offset + i) as usize];
        i += stride;
    }
}

/// Sets `count` numbers from `offset` on to 0.
#[cube(launch_unchecked)]
pub(crate) fn clear(to: &mut Array<f32>, count: u32, offset: u32) {
    let first = CUBE_POS_X * CUBE_DIM_X + UNIT_POS;
    let stride = CUBE_COUNT_X * CUBE_DIM_X;
    let mut i = first;
    while i < count {
        to[(offset + i) as usize] = 0.0;
        i += stride;
    }
}
