//! The data set on a device.

use cubecl::prelude::*;

/// One feature of a sample: a float32, or a byte of `words`.
///
/// Bytes lie four in a word, the first in its lowest bits, and every sample begins with a word.
#[cube]
pub(crate) fn feature(
    numbers: &Array<f32>,
    words: &Array<u32>,
    sample: u32,
    feature: u32,
    features: u32,
    #[comptime] bytes: bool,
) -> f32 {
    if bytes {
        let of_sample = (features + 3u32) / 4u32;
        let word = words[sample as usize * of_sample as usize + (feature / 4u32) as usize];
        f32::cast_from((word >> (8u32 * (feature % 4u32))) & 255u32)
    } else {
        numbers[sample as usize * features as usize + feature as usize]
    }
}
