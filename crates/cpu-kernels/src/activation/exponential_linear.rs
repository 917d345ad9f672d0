//! ELU and SELU.

use super::Function;
use super::tanh::hyperbolic_tangent;

/// The scale of SELU (Klambauer et al. 2017, appendix A).
pub const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
/// The alpha of SELU (Klambauer et al. 2017, appendix A).
pub const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
const SCALE: f32 = SELU_SCALE as f32;
const ALPHA: f32 = SELU_ALPHA as f32;

pub(super) struct Elu;

impl Function for Elu {
    const CACHES_INPUT: bool = false;

    #[inline(always)]
    fn value(x: f32) -> f32 {
        if x <= 0.0 {
            exponential_minus_one(x)
        } else {
            x
        }
    }

    /// The derivative of eˣ − 1 is eˣ, the function's value plus 1.
    #[inline(always)]
    fn gradient(gradient: f32, output: f32) -> f32 {
        let derivative = if output <= 0.0 { output + 1.0 } else { 1.0 };
        gradient * derivative
    }
}

pub(super) struct Selu;

impl Function for Selu {
    const CACHES_INPUT: bool = false;

    #[inline(always)]
    fn value(x: f32) -> f32 {
        if x <= 0.0 {
            SCALE * ALPHA * exponential_minus_one(x)
        } else {
            SCALE * x
        }
    }

    #[inline(always)]
    fn gradient(gradient: f32, output: f32) -> f32 {
        let below = output + SCALE * ALPHA;
        let derivative = if output <= 0.0 { below } else { SCALE };
        gradient * derivative
    }
}

/// eˣ − 1, accurate near 0: 2t / (1 − t) with t = tanh(x/2).
#[inline(always)]
fn exponential_minus_one(x: f32) -> f32 {
    let tangent = hyperbolic_tangent(0.5 * x);
    2.0 * tangent / (1.0 - tangent)
}
