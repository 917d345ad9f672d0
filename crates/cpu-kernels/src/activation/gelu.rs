//! GELU.

use super::Function;
use crate::exponential::exponential;

/// For a ≥ 0, Φ(−a)·e^(a²/2) is approximated by a polynomial in t = 1 / (1 + 0.35·a). These are the coefficients of
/// t, t², …, fitted by reweighted least squares; the maximum relative error is 3.2e-8.
const TAIL_SCALE: f32 = 0.35;
const TAIL_COEFFICIENTS: [f32; 9] = [
    0.139_621_26,
    0.139_864_28,
    0.119_815_95,
    0.105_572_76,
    -0.023_258_414,
    0.159_384_07,
    -0.255_893_23,
    0.144_056_14,
    -0.029_162_867,
];

/// 1/√(2π)
const DENSITY_AT_0: f32 = 0.398_942_3;

pub(super) struct Gelu;

impl Function for Gelu {
    const CACHES_INPUT: bool = true;

    #[inline(always)]
    fn value(x: f32) -> f32 {
        x * normal_distribution(x, decay(x))
    }

    /// The derivative is Φ(x) + x·φ(x), with the density φ(x) = e^(−x²/2) / √(2π).
    #[inline(always)]
    fn gradient(gradient: f32, x: f32) -> f32 {
        let decay = decay(x);
        gradient * (normal_distribution(x, decay) + x * (DENSITY_AT_0 * decay))
    }
}

/// e^(−x²/2)
#[inline(always)]
fn decay(x: f32) -> f32 {
    exponential(-0.5 * (x * x))
}

/// Φ(x), the cumulative distribution function of the standard normal, given [`decay`].
#[inline(always)]
fn normal_distribution(x: f32, decay: f32) -> f32 {
    let t = 1.0 / (1.0 + TAIL_SCALE * x.abs());
    let [c1, c2, c3, c4, c5, c6, c7, c8, c9] = TAIL_COEFFICIENTS;
    let square = t * t;
    let fourth = square * square;
    // Estrin's scheme: fewer operations that wait for each other than in Horner's.
    let low = (c1 + c2 * t) + (c3 + c4 * t) * square;
    let high = (c5 + c6 * t) + (c7 + c8 * t) * square;
    let series = (low + high * fourth) + c9 * (fourth * fourth);
    let tail = series * t * decay;
    if x > 0.0 { 1.0 - tail } else { tail }
}
