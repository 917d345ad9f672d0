//! The interface to kernels for images.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
pub use cpu_kernels::{BlockShape, ConvolutionShape, PoolShape, Pooling};

/// Convolutions and pooling without the indices of pixels.
///
/// A block is a convolution, optional batch norm, ReLU and optional max pooling.
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

    /// The forward pass of a block in training. Batch norm uses the statistics of the batch.
    fn block(
        &self,
        images: Tensor<B, 3>,
        parameters: BlockParameters<'_, B>,
        epsilon: f64,
        shape: BlockShape,
    ) -> BlockOutput<B>;

    /// The output of a block in evaluation: `[members, batch, height·width·outputs]`, after pooling.
    /// `parameters.norm` is not the weight and bias of batch norm here, but the scale and shift that include
    /// its running statistics.
    fn predict_block(
        &self,
        images: Tensor<B, 3>,
        parameters: BlockParameters<'_, B>,
        shape: BlockShape,
    ) -> Tensor<B, 3>;

    /// The backward pass of a block, given the gradient of its output and [`BlockOutput::cache`]. Computes the
    /// gradient of the images only if `needs_input_gradient`.
    fn block_gradient(
        &self,
        gradient: Tensor<B, 3>,
        cache: Vec<Tensor<B, 3>>,
        parameters: BlockParameters<'_, B>,
        needs_input_gradient: bool,
        shape: BlockShape,
    ) -> BlockGradients<B>;
}

/// The parameters of a block: those of the convolution and of batch norm.
pub struct BlockParameters<'a, B: Backend> {
    /// `[members, kernel²·inputs, outputs]`
    pub weight: &'a Tensor<B, 3>,
    /// `[members, 1, outputs]`
    pub bias: &'a Tensor<B, 3>,
    /// The weight and bias of batch norm, or in [`ImageKernels::predict_block`] its scale and shift:
    /// `[members, 1, outputs]`. `None` without batch norm.
    pub norm: Option<[&'a Tensor<B, 3>; 2]>,
}

/// The result of a block's forward pass.
pub struct BlockOutput<B: Backend> {
    /// The images after the block: `[members, batch, height·width·outputs]`, after pooling.
    pub output: Tensor<B, 3>,
    /// The mean and variance of each channel: `[members, 1, outputs]`. `None` without batch norm.
    pub statistics: Option<[Tensor<B, 3>; 2]>,
    /// What the backward pass needs.
    pub cache: Vec<Tensor<B, 3>>,
}

/// The gradients of a block.
pub struct BlockGradients<B: Backend> {
    /// The gradients of the convolution's weight and bias.
    pub convolution: [Tensor<B, 3>; 2],
    /// The gradients of batch norm's weight and bias. `None` without batch norm.
    pub norm: Option<[Tensor<B, 3>; 2]>,
    /// The gradient of the images, `[members, batch, height·width·inputs]`, if requested. Its first
    /// dimension is `members` even if the images have a single member.
    pub input: Option<Tensor<B, 3>>,
}
