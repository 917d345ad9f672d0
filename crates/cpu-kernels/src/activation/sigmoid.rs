//! The sigmoid, and SiLU, its product with the input.

use super::Function;
use crate::exponential::exponential;

pub(super) struct Sigmoid;

impl Function for Sigmoid {
    const CACHES_INPUT: bool = false;

    #[inline(always)]
    fn value(x: f32) -> f32 {
        sigmoid(x)
    }

    #[inline(always)]
    fn gradient(gradient: f32, output: f32) -> f32 {
        gradient * (output * (1.0 - output))
    }
}

pub(super) struct Silu;

impl Function for Silu {
    const CACHES_INPUT: bool = true;

    #[inline(always)]
    fn value(x: f32) -> f32 {
        x * sigmoid(x)
    }

    /// The derivative is σ + x·σ·(1 − σ).
    #[inline(always)]
    fn gradient(gradient: f32, input: f32) -> f32 {
        let sigmoid = sigmoid(input);
        gradient * (sigmoid * (1.0 + input * (1.0 - sigmoid)))
    }
}

#[inline(always)]
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exponential(-x))
}
