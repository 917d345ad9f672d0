//! Activation functions and their derivatives.

use crate::backend::Backend;
use crate::spec::Activation;
use burn::tensor::{Tensor, TensorPrimitive, activation};

/// The slope of `leaky_relu` below 0 (`torch.nn.LeakyReLU`).
pub(super) const LEAKY_RELU_SLOPE: f64 = 0.01;
/// The scale and alpha of SELU (Klambauer et al. 2017, appendix A).
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;

/// Applies the function to each value.
pub(super) fn forward<B: Backend>(function: Activation, input: Tensor<B, 3>) -> Tensor<B, 3> {
    match function {
        Activation::Relu => B::rectified_linear(input),
        Activation::Tanh => B::hyperbolic_tangent(input),
        Activation::Sigmoid => B::logistic(input),
        Activation::LeakyRelu => {
            let below = input.clone().mul_scalar(LEAKY_RELU_SLOPE);
            // Because the slope is below 1, the maximum is x for positive x, and the scaled x otherwise.
            input.max_pair(below)
        }
        Activation::Elu => {
            let below = exponential_minus_one(input.clone());
            select_by_sign(input.clone(), input, below)
        }
        Activation::Selu => {
            let below = exponential_minus_one(input.clone()).mul_scalar(SELU_SCALE * SELU_ALPHA);
            select_by_sign(input.clone(), input.mul_scalar(SELU_SCALE), below)
        }
        Activation::Gelu => input.clone() * normal_cdf(input),
        Activation::Silu => input.clone() * B::logistic(input),
        // ln(1 + eˣ) without overflow: max(x, 0) + ln(1 + e^−|x|).
        Activation::Softplus => activation::relu(input.clone()) + input.abs().neg().exp().log1p(),
        Activation::Identity => input,
    }
}

/// Whether the backward pass needs the function's input, because the output does not determine the
/// derivative.
pub(super) fn caches_input(function: Activation) -> bool {
    matches!(
        function,
        Activation::Gelu | Activation::Silu | Activation::Softplus
    )
}

/// Whether the function is 0 at 0.
pub(super) fn maps_zero_to_zero(function: Activation) -> bool {
    !matches!(function, Activation::Sigmoid | Activation::Softplus)
}

/// The gradient of the function's input, given the cached tensor (the output, or the input if
/// [`caches_input`]) and the gradient of the output.
pub(super) fn backward<B: Backend>(
    function: Activation,
    cached: Tensor<B, 3>,
    gradient: Tensor<B, 3>,
) -> Tensor<B, 3> {
    match function {
        // As PyTorch: the derivative at 0 is 0.
        Activation::Relu => B::relu_gradient(cached, gradient),
        Activation::Tanh => (cached.clone() * cached).neg().add_scalar(1.0) * gradient,
        Activation::Sigmoid => primitive(B::sigmoid_backward(
            cached.into_primitive().tensor(),
            gradient.into_primitive().tensor(),
        )),
        Activation::LeakyRelu => {
            let below = gradient.clone().mul_scalar(LEAKY_RELU_SLOPE);
            select_by_sign(cached, gradient, below)
        }
        // The derivative of eˣ − 1 is eˣ, the function's value plus 1.
        Activation::Elu => {
            let below = cached.clone().add_scalar(1.0) * gradient.clone();
            select_by_sign(cached, gradient, below)
        }
        Activation::Selu => {
            let below = cached.clone().add_scalar(SELU_SCALE * SELU_ALPHA) * gradient.clone();
            select_by_sign(cached, gradient.mul_scalar(SELU_SCALE), below)
        }
        // Φ(x) + x·φ(x), with φ(x) = e^(−x²/2) / √(2π).
        Activation::Gelu => {
            let density = (cached.clone() * cached.clone())
                .mul_scalar(-0.5)
                .exp()
                .mul_scalar(1.0 / (2.0 * std::f64::consts::PI).sqrt());
            (normal_cdf(cached.clone()) + cached * density) * gradient
        }
        // σ + x·σ·(1 − σ).
        Activation::Silu => {
            let sigmoid = B::logistic(cached.clone());
            let rest = cached * sigmoid.clone().neg().add_scalar(1.0);
            sigmoid * rest.add_scalar(1.0) * gradient
        }
        Activation::Softplus => B::logistic(cached) * gradient,
        Activation::Identity => gradient,
    }
}

/// `below` where `condition` is at most 0, otherwise `above`.
fn select_by_sign<B: Backend>(
    condition: Tensor<B, 3>,
    above: Tensor<B, 3>,
    below: Tensor<B, 3>,
) -> Tensor<B, 3> {
    above.mask_where(condition.lower_equal_elem(0.0), below)
}

/// eˣ − 1 for x ≤ 0, accurate near 0: 2t / (1 − t) with t = tanh(x/2).
fn exponential_minus_one<B: Backend>(input: Tensor<B, 3>) -> Tensor<B, 3> {
    let tanh = B::hyperbolic_tangent(input.clamp_max(0.0).mul_scalar(0.5));
    tanh.clone().mul_scalar(2.0) / tanh.neg().add_scalar(1.0)
}

/// Φ(x), the cumulative distribution function of the standard normal: (1 + erf(x/√2)) / 2.
fn normal_cdf<B: Backend>(input: Tensor<B, 3>) -> Tensor<B, 3> {
    let error = input.mul_scalar(std::f64::consts::FRAC_1_SQRT_2).erf();
    error.add_scalar(1.0).mul_scalar(0.5)
}

fn primitive<B: Backend>(tensor: B::FloatTensorPrimitive) -> Tensor<B, 3> {
    Tensor::from_primitive(TensorPrimitive::Float(tensor))
}
