//! Softplus.

use super::Function;
use super::sigmoid::sigmoid;
use crate::exponential::exponential;

pub(super) struct Softplus;

impl Function for Softplus {
    const CACHES_INPUT: bool = true;

    /// max(x, 0) + ln(1 + e^−|x|), which does not overflow.
    #[inline(always)]
    fn value(x: f32) -> f32 {
        x.max(0.0) + log_of_one_plus(exponential(-x.abs()))
    }

    #[inline(always)]
    fn gradient(gradient: f32, input: f32) -> f32 {
        gradient * sigmoid(input)
    }
}

/// ln(1 + y) for 0 ≤ y ≤ 1: 2·artanh(s), where s = y / (2 + y) ≤ 1/3.
#[inline(always)]
fn log_of_one_plus(y: f32) -> f32 {
    let s = y / (2.0 + y);
    let square = s * s;
    // The series of artanh. The first omitted term is at most 9⁻⁸/17 of the sum, less than a fortieth of a unit in
    // the last place.
    let mut series = 0.0;
    for divisor in [15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0] {
        series = series * square + 1.0 / divisor;
    }
    2.0 * (s + s * (square * series))
}
