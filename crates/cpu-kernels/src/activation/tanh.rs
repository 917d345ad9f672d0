//! The hyperbolic tangent.

use super::Function;
use crate::exponential::exponential;

/// Below this absolute value, tanh is computed by its polynomial.
const POLYNOMIAL_RANGE: f32 = 0.625;

/// The coefficients of x³, x⁵, … in tanh x, for |x| < 0.625 (Moshier, *Cephes*, `tanhf`).
const COEFFICIENTS: [f32; 5] = [
    -3.333_328e-1,
    1.333_144_2e-1,
    -5.373_971_6e-2,
    2.063_909e-2,
    -5.704_989e-3,
];

pub(super) struct Tanh;

impl Function for Tanh {
    const CACHES_INPUT: bool = false;

    #[inline(always)]
    fn value(x: f32) -> f32 {
        hyperbolic_tangent(x)
    }

    #[inline(always)]
    fn gradient(gradient: f32, output: f32) -> f32 {
        gradient * (1.0 - output * output)
    }
}

#[inline(always)]
pub(super) fn hyperbolic_tangent(x: f32) -> f32 {
    let square = x * x;
    let mut series = 0.0;
    for coefficient in COEFFICIENTS.into_iter().rev() {
        series = series * square + coefficient;
    }
    let near_zero = x + x * (square * series);
    let elsewhere = 1.0 - 2.0 / (exponential(2.0 * x.abs()) + 1.0);
    let is_near_zero = x.abs() < POLYNOMIAL_RANGE;
    let value = if is_near_zero { near_zero } else { elsewhere };
    value.copysign(x)
}
