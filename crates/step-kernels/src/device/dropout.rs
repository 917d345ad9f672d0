//! Which units a step drops: a function of a key and the unit's position.
//!
//! The bits are those of two rounds of RC6's x·(2x + 1) (Rivest, Robshaw, Sidney and Yin 1998), so
//! that every device drops the same units.

use cubecl::prelude::*;

const ROW: u32 = 0x85eb_ca77;
const COLUMN: u32 = 0xc2b2_ae3d;
const BETWEEN: u32 = 0x9e37_79b9;

/// 32 random bits of a unit, for the two words of a key.
#[cube]
pub(crate) fn bits(first: u32, second: u32, row: u32, column: u32) -> u32 {
    let of_row = mixed(row * ROW + first) + second;
    mixed(column * COLUMN + of_row)
}

#[cube]
fn mixed(number: u32) -> u32 {
    let mut bits = number;
    #[unroll]
    for _ in 0..2 {
        let product = squared(bits);
        bits = ((product << 16u32) | (product >> 16u32)) + BETWEEN;
    }
    squared(bits)
}

#[cube]
fn squared(number: u32) -> u32 {
    number * (number + number + 1u32)
}

/// The factor of one unit: 0 if it is dropped, otherwise `kept` = 1/(1 − rate).
///
/// `keys` holds two words for each member from `first` on; a unit is dropped if its bits are below
/// `threshold` = rate · 2³².
#[cube]
pub(crate) fn factor(
    keys: &Array<u32>,
    first: u32,
    member: u32,
    threshold: u32,
    kept: f32,
    row: u32,
    column: u32,
) -> f32 {
    let key = (first + 2 * member) as usize;
    let bits = bits(keys[key], keys[key + 1], row, column);
    select(bits < threshold, 0.0f32, kept)
}
