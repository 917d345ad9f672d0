//! Activation functions of many values at once.

use crate::exponential::exponential;
use crate::vectorised;

/// Below this absolute value, tanh is computed by its polynomial.
const TANH_POLYNOMIAL_RANGE: f32 = 0.625;

/// The coefficients of x³, x⁵, … in tanh x, for |x| < 0.625 (Moshier, *Cephes*, `tanhf`).
const TANH_COEFFICIENTS: [f32; 5] = [
    -3.333_328e-1,
    1.333_144_2e-1,
    -5.373_971_6e-2,
    2.063_909e-2,
    -5.704_989e-3,
];

/// `values ← 1/(1 + exp(−values))`, within 4 units in the last place where the result is a normal number.
pub fn sigmoids(values: &mut [f32]) {
    vectorised(|| {
        for value in values {
            *value = 1.0 / (1.0 + exponential(-*value));
        }
    });
}

/// `values ← tanh(values)`, within 4 units in the last place.
pub fn hyperbolic_tangents(values: &mut [f32]) {
    vectorised(|| {
        for value in values {
            *value = hyperbolic_tangent(*value);
        }
    });
}

/// Has no branches, so that loops over it are vectorised.
#[inline(always)]
fn hyperbolic_tangent(x: f32) -> f32 {
    let square = x * x;
    let mut series = 0.0;
    for coefficient in TANH_COEFFICIENTS.into_iter().rev() {
        series = series * square + coefficient;
    }
    let near_zero = x + x * (square * series);
    let elsewhere = 1.0 - 2.0 / (exponential(2.0 * x.abs()) + 1.0);
    let is_near_zero = x.abs() < TANH_POLYNOMIAL_RANGE;
    let value = if is_near_zero { near_zero } else { elsewhere };
    value.copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks `function` against `exact`, within so many units in the last place.
    fn assert_accurate(function: fn(&mut [f32]), exact: fn(f64) -> f64, units: f64) {
        let inputs: Vec<f32> = (-435_000..=435_000).map(|i| i as f32 * 2e-4).collect();
        let mut values = inputs.clone();
        function(&mut values);
        for (&input, value) in inputs.iter().zip(values) {
            let expected = exact(f64::from(input));
            let rounded = expected as f32;
            let unit = f64::from(rounded.abs().next_up() - rounded.abs());
            let error = (f64::from(value) - expected).abs() / unit;
            assert!(
                error <= units,
                "{input}: {value}, {expected}, {error} units"
            );
        }
    }

    #[test]
    fn sigmoids_are_accurate() {
        assert_accurate(sigmoids, |x| 1.0 / (1.0 + (-x).exp()), 4.0);
    }

    #[test]
    fn hyperbolic_tangents_are_accurate() {
        assert_accurate(hyperbolic_tangents, f64::tanh, 4.0);
    }

    #[test]
    fn limits_and_not_a_number() {
        let mut values = [f32::INFINITY, f32::NEG_INFINITY, 0.0, f32::NAN];
        sigmoids(&mut values);
        assert_eq!(values[..3], [1.0, 0.0, 0.5]);
        assert!(values[3].is_nan());
        let mut values = [f32::INFINITY, f32::NEG_INFINITY, -0.0, f32::NAN];
        hyperbolic_tangents(&mut values);
        assert_eq!(values[..2], [1.0, -1.0]);
        assert_eq!(values[2].to_bits(), (-0.0_f32).to_bits());
        assert!(values[3].is_nan());
    }
}
