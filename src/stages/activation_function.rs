//! Activation functions and their derivatives, computed by tensor operations, or by kernels on backends that have them.

use crate::backend::{ActivationKernel, Backend, FusedActivation};
use crate::values::config_value::string_enum;
use burn::tensor::{Tensor, TensorPrimitive, activation};
use cpu_kernels::{LEAKY_RELU_SLOPE, SELU_ALPHA, SELU_SCALE};

string_enum! {
    /// An activation function of each value, with the default settings of `torch.nn`.
    pub enum ActivationFunction {
        /// max(0, x).
        Relu = "relu",
        /// The hyperbolic tangent.
        Tanh = "tanh",
        /// 1 / (1 + e⁻ˣ).
        Sigmoid = "sigmoid",
        /// x, and 0.01·x below 0 (Maas et al. 2013).
        LeakyRelu = "leaky_relu",
        /// x, and eˣ − 1 below 0 (Clevert et al. 2016).
        Elu = "elu",
        /// ELU scaled so that activations keep mean 0 and variance 1 (Klambauer et al. 2017).
        Selu = "selu",
        /// x·Φ(x), with the exact normal distribution Φ (Hendrycks and Gimpel 2016).
        Gelu = "gelu",
        /// x / (1 + e⁻ˣ), also called swish (Ramachandran et al. 2017).
        Silu = "silu",
        /// ln(1 + eˣ).
        Softplus = "softplus",
        /// x. Layers with it are together one linear map.
        Identity = "identity",
    }
}

impl ActivationFunction {
    /// The gain that preserves the variance through an activation (`torch.nn.init.calculate_gain`). PyTorch
    /// defines none for elu, gelu, silu and softplus, which use that of ReLU because of their similar shape.
    pub fn gain(self) -> f64 {
        match self {
            Self::Identity | Self::Sigmoid => 1.0,
            Self::Tanh => 5.0 / 3.0,
            Self::Selu => 0.75,
            Self::LeakyRelu => (2.0 / (1.0 + LEAKY_RELU_SLOPE * LEAKY_RELU_SLOPE)).sqrt(),
            Self::Relu | Self::Elu | Self::Gelu | Self::Silu | Self::Softplus => {
                std::f64::consts::SQRT_2
            }
        }
    }

    /// The function in the kernels of whole steps.
    pub(crate) fn fused(self) -> FusedActivation {
        match self {
            Self::Relu => FusedActivation::Relu,
            Self::Tanh => FusedActivation::Tanh,
            Self::Sigmoid => FusedActivation::Sigmoid,
            Self::LeakyRelu => FusedActivation::LeakyRelu,
            Self::Elu => FusedActivation::Elu,
            Self::Selu => FusedActivation::Selu,
            Self::Gelu => FusedActivation::Gelu,
            Self::Silu => FusedActivation::Silu,
            Self::Softplus => FusedActivation::Softplus,
            Self::Identity => FusedActivation::Identity,
        }
    }
}

/// The function's kernel; `None` for the identity.
fn kernel(function: ActivationFunction) -> Option<ActivationKernel> {
    Some(match function {
        ActivationFunction::Relu => ActivationKernel::RELU,
        ActivationFunction::Tanh => ActivationKernel::TANH,
        ActivationFunction::Sigmoid => ActivationKernel::SIGMOID,
        ActivationFunction::LeakyRelu => ActivationKernel::LEAKY_RELU,
        ActivationFunction::Elu => ActivationKernel::ELU,
        ActivationFunction::Selu => ActivationKernel::SELU,
        ActivationFunction::Gelu => ActivationKernel::GELU,
        ActivationFunction::Silu => ActivationKernel::SILU,
        ActivationFunction::Softplus => ActivationKernel::SOFTPLUS,
        ActivationFunction::Identity => return None,
    })
}

/// Applies the function to each value.
pub(super) fn forward<B: Backend>(
    function: ActivationFunction,
    input: Tensor<B, 3>,
) -> Tensor<B, 3> {
    if let (Some(kernels), Some(kernel)) = (B::activation_kernels(), kernel(function)) {
        return kernels.apply(kernel, input);
    }
    match function {
        ActivationFunction::Relu => activation::relu(input),
        ActivationFunction::Tanh => input.tanh(),
        ActivationFunction::Sigmoid => activation::sigmoid(input),
        ActivationFunction::LeakyRelu => {
            let below = input.clone().mul_scalar(LEAKY_RELU_SLOPE);
            // Because the slope is below 1, the maximum is x for positive x, and the scaled x otherwise.
            input.max_pair(below)
        }
        ActivationFunction::Elu => {
            let below = exponential_minus_one(input.clone());
            select_by_sign(input.clone(), input, below)
        }
        ActivationFunction::Selu => {
            let below = exponential_minus_one(input.clone()).mul_scalar(SELU_SCALE * SELU_ALPHA);
            select_by_sign(input.clone(), input.mul_scalar(SELU_SCALE), below)
        }
        ActivationFunction::Gelu => input.clone() * normal_cdf(input),
        ActivationFunction::Silu => input.clone() * activation::sigmoid(input),
        // ln(1 + eˣ) without overflow: max(x, 0) + ln(1 + e^−|x|).
        ActivationFunction::Softplus => {
            activation::relu(input.clone()) + input.abs().neg().exp().log1p()
        }
        ActivationFunction::Identity => input,
    }
}

/// Whether the backward pass needs the function's input, because the output does not determine the
/// derivative.
pub(super) fn caches_input(function: ActivationFunction) -> bool {
    kernel(function).is_some_and(|kernel| kernel.caches_input())
}

/// Whether the function is 0 at 0.
pub(super) fn maps_zero_to_zero(function: ActivationFunction) -> bool {
    !matches!(
        function,
        ActivationFunction::Sigmoid | ActivationFunction::Softplus
    )
}

/// The gradient of the function's input, given the cached tensor (the output, or the input if
/// [`caches_input`]) and the gradient of the output.
pub(super) fn backward<B: Backend>(
    function: ActivationFunction,
    cached: Tensor<B, 3>,
    gradient: Tensor<B, 3>,
) -> Tensor<B, 3> {
    if let (Some(kernels), Some(kernel)) = (B::activation_kernels(), kernel(function)) {
        return kernels.gradient(kernel, cached, gradient);
    }
    match function {
        // As PyTorch: the derivative at 0 is 0.
        ActivationFunction::Relu => primitive(B::relu_backward(
            cached.into_primitive().tensor(),
            gradient.into_primitive().tensor(),
        )),
        ActivationFunction::Tanh => (cached.clone() * cached).neg().add_scalar(1.0) * gradient,
        ActivationFunction::Sigmoid => primitive(B::sigmoid_backward(
            cached.into_primitive().tensor(),
            gradient.into_primitive().tensor(),
        )),
        ActivationFunction::LeakyRelu => {
            let below = gradient.clone().mul_scalar(LEAKY_RELU_SLOPE);
            select_by_sign(cached, gradient, below)
        }
        // The derivative of eˣ − 1 is eˣ, the function's value plus 1.
        ActivationFunction::Elu => {
            let below = cached.clone().add_scalar(1.0) * gradient.clone();
            select_by_sign(cached, gradient, below)
        }
        ActivationFunction::Selu => {
            let below = cached.clone().add_scalar(SELU_SCALE * SELU_ALPHA) * gradient.clone();
            select_by_sign(cached, gradient.mul_scalar(SELU_SCALE), below)
        }
        // Φ(x) + x·φ(x), with φ(x) = e^(−x²/2) / √(2π).
        ActivationFunction::Gelu => {
            let density = (cached.clone() * cached.clone())
                .mul_scalar(-0.5)
                .exp()
                .mul_scalar(1.0 / (2.0 * std::f64::consts::PI).sqrt());
            (normal_cdf(cached.clone()) + cached * density) * gradient
        }
        // σ + x·σ·(1 − σ).
        ActivationFunction::Silu => {
            let sigmoid = activation::sigmoid(cached.clone());
            let rest = cached * sigmoid.clone().neg().add_scalar(1.0);
            sigmoid * rest.add_scalar(1.0) * gradient
        }
        ActivationFunction::Softplus => activation::sigmoid(cached) * gradient,
        ActivationFunction::Identity => gradient,
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
    let tanh = input.clamp_max(0.0).mul_scalar(0.5).tanh();
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

#[cfg(test)]
mod tests {
    use super::*;
    use burn::backend::{Autodiff, Flex};
    use burn::tensor::{Distribution, Tolerance};

    /// A backend without kernels.
    type Plain = Autodiff<Flex>;

    #[test]
    fn kernels_agree_with_tensor_operations() {
        let device = Default::default();
        let random = |range: f64| {
            let distribution = Distribution::Uniform(-range, range);
            Tensor::<Flex, 3>::random([2, 5, 333], distribution, &device)
        };
        let plain =
            |tensor: &Tensor<Flex, 3>| Tensor::<Plain, 3>::from_data(tensor.to_data(), &device);
        let assert_close =
            |function: ActivationFunction, ours: &Tensor<Flex, 3>, theirs: Tensor<Plain, 3>| {
                println!("{function:?}");
                ours.to_data()
                    .assert_approx_eq::<f32>(&theirs.into_data(), Tolerance::rel_abs(1e-5, 1e-5));
            };
        for &function in ActivationFunction::ALL {
            let (input, gradient) = (random(10.0), random(1.0));
            let output = forward(function, input.clone());
            assert_close(function, &output, forward(function, plain(&input)));
            let cached = if caches_input(function) {
                input
            } else {
                output
            };
            let ours = backward(function, cached.clone(), gradient.clone());
            let theirs = backward(function, plain(&cached), plain(&gradient));
            assert_close(function, &ours, theirs);
        }
    }
}
