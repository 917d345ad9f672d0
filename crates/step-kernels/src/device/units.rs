//! What is known of each member's units in a layer, as numbers in device memory.

use cubecl::prelude::*;

/// Numbers of a member in `units`: `[members, 3]`.
pub(crate) const FACTS: usize = 3;

/// How many of a layer's units a member has; the others pad it to the width of the widest.
#[cube]
pub(crate) fn width_of(units: &Array<u32>, member: u32) -> u32 {
    units[(member * 3) as usize]
}

/// The code of the member's activation.
#[cube]
pub(crate) fn activation_of(units: &Array<u32>, member: u32) -> u32 {
    units[(member * 3 + 1) as usize]
}

/// The share of 2³² of random numbers below which a unit is dropped.
#[cube]
pub(crate) fn threshold_of(units: &Array<u32>, member: u32) -> u32 {
    units[(member * 3 + 2) as usize]
}

/// The factor of a unit that is not dropped: 1/(1 − rate).
#[cube]
pub(crate) fn kept_of(kept: &Array<f32>, member: u32) -> f32 {
    kept[member as usize]
}

/// Whose batches a member is trained on: the only owner's where members share them.
#[cube]
pub(crate) fn owner_of(member: u32, #[comptime] shared: bool) -> u32 {
    if shared { 0u32.runtime() } else { member }
}
