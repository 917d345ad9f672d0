//! The exponential function of many values at once.

use crate::vectorised;
use std::f32::consts::LOG2_E;

/// ln 2 as a sum of two, the first with few digits, so that its product with an integer of at
/// most 9 bits is exact (Cody and Waite, *Software Manual for the Elementary Functions*, 1980).
const LN_2: [f32; 2] = [355.0 / 512.0, -2.121_944_4e-4];

/// 1.5 · 2²³: adding it to a value rounds the value to an integer.
const ROUNDING_OFFSET: f32 = 12_582_912.0;

/// Outside of this range, every result is 0 or infinite.
const INPUT_RANGE: [f32; 2] = [-105.0, 89.0];

/// `values ← exp(values)`, within 2 units in the last place.
pub fn exponentials(values: &mut [f32]) {
    vectorised(|| {
        for value in values {
            *value = exponential(*value);
        }
    });
}

/// `exp(x) = 2ⁿ · exp(x − n·ln 2)`, with the integer n that makes the second factor close to 1, where
/// its series is short. It has no branches or calls, so that loops over it are vectorised.
#[inline(always)]
pub(crate) fn exponential(x: f32) -> f32 {
    let x = x.clamp(INPUT_RANGE[0], INPUT_RANGE[1]);
    let shifted = x * LOG2_E + ROUNDING_OFFSET;
    let integer = shifted - ROUNDING_OFFSET;
    let rest = (x - integer * LN_2[0]) - integer * LN_2[1];
    // Taylor series. The truncation error is less than 0.35⁸/8!, a twelfth of a unit in the last place.
    let mut series = 1.0 / 5040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5] {
        series = series * rest + coefficient;
    }
    let near_one = 1.0 + (rest + rest * rest * series);
    // Two halves of the exponent: each power is a normal number even if the result is not.
    let exponent = shifted.to_bits() as i32 - ROUNDING_OFFSET.to_bits() as i32;
    let half = exponent >> 1;
    near_one * power_of_two(half) * power_of_two(exponent - half)
}

#[inline(always)]
fn power_of_two(exponent: i32) -> f32 {
    f32::from_bits(((exponent + 127) << 23) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: f32) -> f32 {
        let mut values = [value];
        exponentials(&mut values);
        values[0]
    }

    #[test]
    fn every_value_is_within_two_units_of_the_last_place() {
        let mut values: Vec<f32> = (-104_000..88_700).map(|i| i as f32 / 1000.0).collect();
        values.extend((0..30).flat_map(|i| [-1.0, 1.0].map(|sign| sign * 0.5_f32.powi(i))));
        let mut results = values.clone();
        exponentials(&mut results);
        for (value, result) in values.into_iter().zip(results) {
            let exact = f64::from(value).exp();
            let last_place = f64::from(f32::EPSILON) * exact.max(f64::from(f32::MIN_POSITIVE));
            let error = (f64::from(result) - exact).abs();
            assert!(error <= last_place, "exp({value}): {result}, not {exact}");
        }
    }

    #[test]
    fn the_ends_are_those_of_the_function() {
        assert_eq!(of(0.0), 1.0);
        assert_eq!(of(-0.0), 1.0);
        assert_eq!(of(f32::NEG_INFINITY), 0.0);
        assert_eq!(of(-1e30), 0.0);
        assert_eq!(of(f32::INFINITY), f32::INFINITY);
        assert_eq!(of(100.0), f32::INFINITY);
        assert!(of(f32::NAN).is_nan());
    }
}
