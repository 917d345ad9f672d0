//! The interface to loops for activation functions.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
pub use cpu_kernels::ActivationKernel;

/// Activation functions in one pass over the values of a tensor.
pub trait ActivationKernels<B: Backend> {
    /// Applies the function to each value: `[members, batch, features]`.
    fn apply(&self, function: ActivationKernel, input: Tensor<B, 3>) -> Tensor<B, 3>;

    /// The gradient of the function's input, given that of its output and the cached tensor: the output, or
    /// the input if [`ActivationKernel::caches_input`].
    fn gradient(
        &self,
        function: ActivationKernel,
        cached: Tensor<B, 3>,
        gradient: Tensor<B, 3>,
    ) -> Tensor<B, 3>;
}
