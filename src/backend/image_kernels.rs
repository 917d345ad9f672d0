//! The interface to kernels for images.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
pub use cpu_kernels::{ConvolutionShape, PoolShape, Pooling};

/// Convolutions and pooling without the indices of pixels.
///
/// Images are `[members, batch, height·width·channels]`; images that are only read may have a single member,
/// which all members share. `weight` is `[members, kernel²·inputs, outputs]`.
pub trait ImageKernels<B: Backend> {
    /// The convolution with the weight, plus the bias (`[members, 1, outputs]`).
    fn convolve(
        &self,
        images: Tensor<B, 3>,
        weight: &Tensor<B, 3>,
        bias: &Tensor<B, 3>,
        shape: ConvolutionShape,
    ) -> Tensor<B, 3>;

    /// The gradient of the weight, given the gradient of the output.
    fn weight_gradient(
        &self,
        images: Tensor<B, 3>,
        gradient: Tensor<B, 3>,
        shape: ConvolutionShape,
    ) -> Tensor<B, 3>;

    /// The gradient of the images, given that of the output.
    fn input_gradient(
        &self,
        gradient: Tensor<B, 3>,
        weight: &Tensor<B, 3>,
        shape: ConvolutionShape,
    ) -> Tensor<B, 3>;

    /// The images pooled by a 2 × 2 window.
    fn pool(&self, images: Tensor<B, 3>, pooling: Pooling, shape: PoolShape) -> Tensor<B, 3>;

    /// The gradient of the images, given that of the pooled images.
    fn pool_gradient(
        &self,
        images: Tensor<B, 3>,
        gradient: Tensor<B, 3>,
        pooling: Pooling,
        shape: PoolShape,
    ) -> Tensor<B, 3>;
}
