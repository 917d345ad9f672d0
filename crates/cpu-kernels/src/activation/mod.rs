//! Activation functions of many values at once, and their gradients.

mod exponential_linear;
mod gelu;
mod rectified;
mod sigmoid;
mod softplus;
mod tanh;
#[cfg(test)]
mod tests;

use crate::vectorised;

/// A function and its gradient as loops over slices.
#[derive(Clone, Copy, Debug)]
pub struct ActivationKernel {
    /// Replaces each value by the function's.
    pub apply: fn(values: &mut [f32]),
    /// Multiplies each gradient by the derivative at the value in the same position of `cached`: an
    /// output of the function, or an input if [`caches_input`](Self::caches_input).
    ///
    /// # Panics
    /// If the lengths differ.
    pub gradient: fn(gradients: &mut [f32], cached: &[f32]),
    /// Whether the gradient needs the inputs, because the outputs do not determine the derivative.
    pub caches_input: bool,
}

impl ActivationKernel {
    /// max(0, x). The gradient at 0 is 0.
    pub const RELU: Self = Self::of::<rectified::Relu>();
    /// x, and 0.01·x below 0.
    pub const LEAKY_RELU: Self = Self::of::<rectified::LeakyRelu>();
    /// x, and eˣ − 1 below 0, within 5 units in the last place.
    pub const ELU: Self = Self::of::<exponential_linear::Elu>();
    /// ELU scaled as by Klambauer et al. (2017), within 6 units in the last place.
    pub const SELU: Self = Self::of::<exponential_linear::Selu>();
    /// x·Φ(x), with the normal distribution Φ, with a relative error of at most 1e-6·(1 + x²).
    pub const GELU: Self = Self::of::<gelu::Gelu>();
    /// 1 / (1 + e⁻ˣ), within 4 units in the last place where the result is a normal number.
    pub const SIGMOID: Self = Self::of::<sigmoid::Sigmoid>();
    /// x / (1 + e⁻ˣ), within 5 units in the last place where the result is a normal number.
    pub const SILU: Self = Self::of::<sigmoid::Silu>();
    /// ln(1 + eˣ), within 4 units in the last place where the result is a normal number.
    pub const SOFTPLUS: Self = Self::of::<softplus::Softplus>();
    /// The hyperbolic tangent, within 4 units in the last place.
    pub const TANH: Self = Self::of::<tanh::Tanh>();

    const fn of<F: Function>() -> Self {
        Self {
            apply: apply::<F>,
            gradient: gradient::<F>,
            caches_input: F::CACHES_INPUT,
        }
    }
}

/// A function of one value. Its methods have no branches or calls, so that loops over them are vectorised.
/// NaN becomes NaN.
trait Function {
    const CACHES_INPUT: bool;

    fn value(x: f32) -> f32;

    /// The gradient of the input, given that of the output.
    fn gradient(gradient: f32, cached: f32) -> f32;
}

fn apply<F: Function>(values: &mut [f32]) {
    vectorised(|| {
        for value in values {
            *value = F::value(*value);
        }
    });
}

fn gradient<F: Function>(gradients: &mut [f32], cached: &[f32]) {
    assert_eq!(gradients.len(), cached.len(), "gradients and cached values");
    vectorised(|| {
        for (gradient, &cached) in gradients.iter_mut().zip(cached) {
            *gradient = F::gradient(*gradient, cached);
        }
    });
}
