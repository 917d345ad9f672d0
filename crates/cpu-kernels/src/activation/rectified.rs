//! ReLU and leaky ReLU.

use super::Function;

/// The slope of leaky ReLU below 0 (Maas et al. 2013; `torch.nn.LeakyReLU`).
pub const LEAKY_RELU_SLOPE: f64 = 0.01;
const SLOPE: f32 = LEAKY_RELU_SLOPE as f32;

pub(super) struct Relu;

impl Function for Relu {
    const CACHES_INPUT: bool = false;

    #[inline(always)]
    fn value(x: f32) -> f32 {
        if x <= 0.0 { 0.0 } else { x }
    }

    #[inline(always)]
    fn gradient(gradient: f32, output: f32) -> f32 {
        if output > 0.0 { gradient } else { 0.0 }
    }
}

pub(super) struct LeakyRelu;

impl Function for LeakyRelu {
    const CACHES_INPUT: bool = false;

    #[inline(always)]
    fn value(x: f32) -> f32 {
        if x <= 0.0 { SLOPE * x } else { x }
    }

    #[inline(always)]
    fn gradient(gradient: f32, output: f32) -> f32 {
        if output <= 0.0 {
            SLOPE * gradient
        } else {
            gradient
        }
    }
}
