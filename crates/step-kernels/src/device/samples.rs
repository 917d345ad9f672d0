//! Reads the input of a layer: the data set, or the output of the layer before.

use cubecl::prelude::*;

/// How the kernel is compiled to read a layer's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct InputForm {
    /// Whether the input is the data set, whose rows are looked up by position and scaled.
    pub(crate) from_samples: bool,
    /// Whether samples are scaled.
    pub(crate) scales: bool,
    /// Whether the data set is stored as bytes.
    pub(crate) bytes: bool,
    /// Whether members share their input.
    pub(crate) shares: bool,
}

/// One feature of one row of a layer's input; `row` counts within the owner's `rows` rows of the batch.
///
/// - `input`: `[members or 1, rows, features]`, or the data set `[samples, features]`
/// - `words`: the data set as bytes: four to a word, the first in its lowest bits; every sample starts a new word
/// - `positions`: sample positions; those of the batch start at `first`, owner by owner
/// - `scaling`: for each feature, the value to subtract, then the factor of the difference:
///   `[owners, 2, features]`
#[cube]
pub(crate) fn input_at(
    input: &Array<f32>,
    words: &Array<u32>,
    positions: &Array<u32>,
    scaling: &Array<f32>,
    first: u32,
    owner: u32,
    row: u32,
    rows: u32,
    feature: u32,
    features: u32,
    #[comptime] form: InputForm,
) -> f32 {
    let batch_row = owner * rows + row;
    if comptime!(form.from_samples) {
        let sample = positions[(first + batch_row) as usize] as usize;
        let number = sample_at(input, words, sample, feature, features, form.bytes);
        if comptime!(form.scales) {
            let offset = (2 * owner * features + feature) as usize;
            (number - scaling[offset]) * scaling[offset + features as usize]
        } else {
            number
        }
    } else {
        input[(batch_row * features + feature) as usize]
    }
}

#[cube]
fn sample_at(
    numbers: &Array<f32>,
    words: &Array<u32>,
    sample: usize,
    feature: u32,
    features: u32,
    #[comptime] bytes: bool,
) -> f32 {
    if bytes {
        let of_sample = (features + 3u32) / 4u32;
        let word = words[sample * of_sample as usize + (feature / 4u32) as usize];
        f32::cast_from((word >> (8u32 * (feature % 4u32))) & 255u32)
    } else {
        numbers[sample * features as usize + feature as usize]
    }
}
