//! Activations and their derivatives, chosen at run time: members of a cohort may differ.

use crate::activation::Activation;
use cubecl::prelude::*;

const RELU: u32 = Activation::Relu.code();
const TANH: u32 = Activation::Tanh.code();
const SIGMOID: u32 = Activation::Sigmoid.code();
const LEAKY_RELU: u32 = Activation::LeakyRelu.code();
const ELU: u32 = Activation::Elu.code();
const SELU: u32 = Activation::Selu.code();
const GELU: u32 = Activation::Gelu.code();
const SILU: u32 = Activation::Silu.code();
const SOFTPLUS: u32 = Activation::Softplus.code();

/// `torch.nn.LeakyReLU`.
const LEAKY_SLOPE: f32 = 0.01;
/// Klambauer et al. 2017, appendix A.
const SELU_SCALE: f32 = 1.050_701;
/// SELU's scale times its alpha.
const SELU_BELOW: f32 = 1.758_099_3;
/// 1/√2
const ROOT_HALF: f32 = std::f32::consts::FRAC_1_SQRT_2;
/// 1/√(2π)
const NORMAL_DENSITY_AT_0: f32 = 0.398_942_3;

/// The function's value.
#[cube]
pub(crate) fn activated(code: u32, x: f32) -> f32 {
    let mut value = x;
    if code == RELU {
        // Not the device's max, which would hide a NaN; likewise below.
        value = select(x < 0.0, 0.0f32, x);
    } else if code == TANH {
        value = tanh(x);
    } else if code == SIGMOID {
        value = sigmoid(x);
    } else if code == LEAKY_RELU {
        value = select(x < 0.0, LEAKY_SLOPE * x, x);
    } else if code == ELU {
        value = select(x <= 0.0, exp_minus_one(x), x);
    } else if code == SELU {
        value = select(x <= 0.0, SELU_BELOW * exp_minus_one(x), SELU_SCALE * x);
    } else if code == GELU {
        value = x * normal_distribution(x);
    } else if code == SILU {
        value = x * sigmoid(x);
    } else if code == SOFTPLUS {
        value = max(x, 0.0) + f32::log1p(f32::exp(-f32::abs(x)));
    }
    value
}

/// The derivative, from the function's input.
#[cube]
pub(crate) fn derivative_at(code: u32, x: f32) -> f32 {
    let mut derivative = derivative_of_value(code, activated(code, x));
    if code == GELU {
        let density = NORMAL_DENSITY_AT_0 * f32::exp(-0.5 * x * x);
        derivative = normal_distribution(x) + x * density;
    } else if code == SILU {
        let s = sigmoid(x);
        derivative = s * (1.0 + x * (1.0 - s));
    } else if code == SOFTPLUS {
        derivative = sigmoid(x);
    }
    derivative
}

/// The derivative, from the function's value; not of those that keep their input.
#[cube]
pub(crate) fn derivative_of_value(code: u32, value: f32) -> f32 {
    let mut derivative = 1.0f32;
    if code == RELU {
        // As PyTorch: the derivative at 0 is 0.
        derivative = select(value > 0.0, 1.0f32, 0.0f32);
    } else if code == TANH {
        derivative = 1.0 - value * value;
    } else if code == SIGMOID {
        derivative = value * (1.0 - value);
    } else if code == LEAKY_RELU {
        derivative = select(value > 0.0, 1.0f32, LEAKY_SLOPE);
    } else if code == ELU {
        derivative = select(value > 0.0, 1.0f32, value + 1.0);
    } else if code == SELU {
        derivative = select(value > 0.0, SELU_SCALE, value + SELU_BELOW);
    }
    derivative
}

#[cube]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + f32::exp(-x))
}

/// tanh(x) without overflow. The device's own function may overflow far from 0.
#[cube]
fn tanh(x: f32) -> f32 {
    select(x > 20.0, 1.0f32, select(x < -20.0, -1.0f32, f32::tanh(x)))
}

/// eˣ − 1 for x ≤ 0, exact near 0 too: 2t / (1 − t) with t = tanh(x/2).
#[cube]
fn exp_minus_one(x: f32) -> f32 {
    let t = tanh(0.5 * min(x, 0.0));
    2.0 * t / (1.0 - t)
}

/// Φ(x) = (1 + erf(x/√2)) / 2
#[cube]
fn normal_distribution(x: f32) -> f32 {
    0.5 * (1.0 + Erf::erf(ROOT_HALF * x))
}
