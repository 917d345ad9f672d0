use super::ActivationKernel;
use statrs::function::erf::erfc;
use std::f64::consts::{PI, SQRT_2};

/// A kernel and its function and derivative in double precision.
struct Case {
    name: &'static str,
    kernel: ActivationKernel,
    exact: fn(f64) -> f64,
    derivative: fn(f64) -> f64,
    /// The error that is allowed at an input, in units of the result's last place.
    units: fn(f64) -> f64,
}

const SCALE: f64 = 1.050_700_987_355_480_5;
const ALPHA: f64 = 1.673_263_242_354_377_2;

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn normal(x: f64) -> f64 {
    0.5 * erfc(-x / SQRT_2)
}

fn cases() -> [Case; 9] {
    [
        Case {
            name: "RELU",
            kernel: ActivationKernel::RELU,
            exact: |x| x.max(0.0),
            derivative: |x| f64::from(x > 0.0),
            units: |_| 0.0,
        },
        Case {
            name: "LEAKY_RELU",
            kernel: ActivationKernel::LEAKY_RELU,
            exact: |x| x.max(0.01 * x),
            derivative: |x| if x > 0.0 { 1.0 } else { 0.01 },
            units: |_| 1.0,
        },
        Case {
            name: "ELU",
            kernel: ActivationKernel::ELU,
            exact: |x| if x > 0.0 { x } else { x.exp_m1() },
            derivative: |x| x.min(0.0).exp(),
            units: |_| 5.0,
        },
        Case {
            name: "SELU",
            kernel: ActivationKernel::SELU,
            exact: |x| SCALE * if x > 0.0 { x } else { ALPHA * x.exp_m1() },
            derivative: |x| SCALE * if x > 0.0 { 1.0 } else { ALPHA * x.exp() },
            units: |_| 6.0,
        },
        Case {
            name: "GELU",
            kernel: ActivationKernel::GELU,
            exact: |x| x * normal(x),
            derivative: |x| normal(x) + x * (-x * x / 2.0).exp() / (2.0 * PI).sqrt(),
            units: |x| 1e-6 * (1.0 + x * x) / f64::from(f32::EPSILON),
        },
        Case {
            name: "SIGMOID",
            kernel: ActivationKernel::SIGMOID,
            exact: sigmoid,
            derivative: |x| sigmoid(x) * sigmoid(-x),
            units: |_| 4.0,
        },
        Case {
            name: "SILU",
            kernel: ActivationKernel::SILU,
            exact: |x| x * sigmoid(x),
            derivative: |x| sigmoid(x) * (1.0 + x * sigmoid(-x)),
            units: |_| 5.0,
        },
        Case {
            name: "SOFTPLUS",
            kernel: ActivationKernel::SOFTPLUS,
            exact: |x| x.max(0.0) + (-x.abs()).exp().ln_1p(),
            derivative: sigmoid,
            units: |_| 4.0,
        },
        Case {
            name: "TANH",
            kernel: ActivationKernel::TANH,
            exact: f64::tanh,
            derivative: |x| 1.0 - x.tanh().powi(2),
            units: |_| 4.0,
        },
    ]
}

fn inputs() -> Vec<f32> {
    let even = (-435_000..=435_000).map(|i| i as f32 * 2e-4);
    let small = (0..30).flat_map(|i| [-1.0, 1.0].map(|sign| sign * 0.5_f32.powi(i)));
    even.chain(small).collect()
}

#[test]
fn functions_are_accurate() {
    for case in &cases() {
        let name = case.name;
        let mut values = inputs();
        case.kernel.apply(&mut values);
        for (input, value) in inputs().into_iter().zip(values) {
            let x = f64::from(input);
            let expected = (case.exact)(x);
            let magnitude = (expected.abs() as f32).max(f32::MIN_POSITIVE);
            let unit = f64::from(magnitude.next_up() - magnitude);
            let error = (f64::from(value) - expected).abs() / unit;
            assert!(
                error <= (case.units)(x),
                "{name} at {input}: {value}, {expected}, {error} units"
            );
        }
    }
}

/// The tolerance is relative to the gradient of the output: near a zero of the derivative, its terms cancel.
#[test]
fn gradients_are_accurate() {
    for case in &cases() {
        let name = case.name;
        let mut outputs = inputs();
        case.kernel.apply(&mut outputs);
        let cached = if case.kernel.caches_input() {
            inputs()
        } else {
            outputs
        };
        let mut gradients = vec![3.0; cached.len()];
        case.kernel.gradient(&mut gradients, &cached);
        for (input, gradient) in inputs().into_iter().zip(gradients) {
            let expected = 3.0 * (case.derivative)(f64::from(input));
            let error = (f64::from(gradient) - expected).abs();
            assert!(
                error <= 3e-6,
                "gradient of {name} at {input}: {gradient}, {expected}"
            );
        }
    }
}

#[test]
fn not_a_number_stays_so() {
    for case in &cases() {
        let name = case.name;
        let mut values = [f32::NAN];
        case.kernel.apply(&mut values);
        assert!(values[0].is_nan(), "{name}");
        let mut gradients = [f32::NAN];
        case.kernel.gradient(&mut gradients, &[1.0]);
        assert!(gradients[0].is_nan(), "gradient of {name}");
    }
}

#[test]
fn limits() {
    let at_the_ends = |kernel: ActivationKernel| {
        let mut values = [f32::INFINITY, f32::NEG_INFINITY];
        kernel.apply(&mut values);
        values
    };
    let infinity = f32::INFINITY;
    assert_eq!(at_the_ends(ActivationKernel::SIGMOID), [1.0, 0.0]);
    assert_eq!(at_the_ends(ActivationKernel::TANH), [1.0, -1.0]);
    assert_eq!(at_the_ends(ActivationKernel::SOFTPLUS), [infinity, 0.0]);
    assert_eq!(at_the_ends(ActivationKernel::ELU), [infinity, -1.0]);
    let mut zero = [-0.0_f32];
    ActivationKernel::TANH.apply(&mut zero);
    assert_eq!(zero[0].to_bits(), (-0.0_f32).to_bits());
}
