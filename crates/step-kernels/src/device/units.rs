//! The width, activation and dropout of each member in a layer, in device memory.

use cubecl::prelude::*;

/// The length of a member's entry in `units`: `[members, 3]`.
pub(crate) const UNIT_FIELDS: usize = 3;

/// The number of a layer's units that a member has. The others pad it to the widest member.
#[cube]
pub(crate) fn width_of(units: &Array<u32>, member: u32) -> u32 {
    units[(member * 3) as usize]
}

/// The code of the member's activation.
#[cube]
pub(crate) fn activation_of(units: &Array<u32>, member: u32) -> u32 {
    units[(member * 3 + 1) as usize]
}

/// The threshold of random 32-bit numbers below which a unit is dropped.
#[cube]
pub(crate) fn threshold_of(units: &Array<u32>, member: u32) -> u32 {
    units[(member * 3 + 2) as usize]
}

/// The factor of a unit that is not dropped: 1/(1 − rate).
#[cube]
pub(crate) fn kept_of(kept: &Array<f32>, member: u32) -> f32 {
    kept[member as usize]
}

/// The owner of a member's batches: the only one if members share batches.
#[cube]
pub(crate) fn owner_of(member: u32, #[comptime] shared: bool) -> u32 {
    if shared { 0u32.runtime() } else { member }
}
