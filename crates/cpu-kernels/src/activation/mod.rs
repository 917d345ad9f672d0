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
pub use exponential_linear::{SELU_ALPHA, SELU_SCALE};
pub use rectified::LEAKY_RELU_SLOPE;

/// A function and its gradient as loops over slices.
#[derive(Clone, Copy, Debug)]
pub struct ActivationKernel {
    apply: fn(&mut [f32]),
    gradient: fn(&mut [f32], &[f32]),
    caches_input: bool,
}

impl ActivationKernel {
    /// max(0, x). The gradient at 0 is 0.
    pub const RELU: Self = Self::of::<rectified::Relu>();
    /// x for x > 0, otherwise 0.01·x.
    pub const LEAKY_RELU: Self = Self::of::<rectified::LeakyRelu>();
    /// x for x > 0, otherwise eˣ − 1; within 5 units in the last place.
    pub const ELU: Self = Self::of::<exponential_linear::Elu>();
    /// Scaled ELU (Klambauer et al. 2017), within 6 units in the last place.
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

    /// Replaces each value x by f(x). NaN stays NaN.
    pub fn apply(&self, values: &mut [f32]) {
        (self.apply)(values);
    }

    /// Multiplies each gradient by the derivative at the value in the same position of `cached`: an output of the
    /// function, or an input if it [`caches_input`](Self::caches_input). NaN stays NaN among the gradients, unless
    /// the gradient of ReLU is 0 there; NaN among the cached values need not show.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn gradient(&self, gradients: &mut [f32], cached: &[f32]) {
        (self.gradient)(gradients, cached);
    }

    /// Whether the gradient needs the inputs, because the outputs do not determine the derivative.
    pub fn caches_input(&self) -> bool {
        self.caches_input
    }

    const fn of<F: Function>() -> Self {
        Self {
            apply: apply::<F>,
            gradient: gradient::<F>,
            caches_input: F::CACHES_INPUT,
        }
    }
}

/// A function of one value. Its methods compile to inlined code without branches, so that the compiler vectorises
/// loops over them.
trait Function {
    const CACHES_INPUT: bool;

    /// NaN for NaN.
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
