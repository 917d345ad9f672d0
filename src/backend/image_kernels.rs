//! The interface to kernels for images.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
pub use cpu_kernels::{BlockShape, ConvolutionShape, PoolShape, Pooling};

/// Convolutions and pooling without the indices of pixels.
///
/// A block is a convolution with the stages that follow it: batch norm or none, ReLU, max pooling or none.
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

    /// The output of a block in training, where batch norm uses the statistics of the batch.
    fn block(
        &self,
        images: Tensor<B, 3>,
        parameters: BlockParameters<'_, B>,
        epsilon: f64,
        shape: BlockShape,
    ) -> BlockOutput<B>;

    /// The output of a block in evaluation, where batch norm multiplies by its weight and adds its bias.
    fn predict_block(
        &self,
        images: Tensor<B, 3>,
        parameters: BlockParameters<'_, B>,
        shape: BlockShape,
    ) -> Tensor<B, 3>;

    /// The gradients of a block, given that of its output and the cache of its forward pass. The gradient of
    /// the images is computed if it is needed.
    fn block_gradient(
        &self,
        gradient: Tensor<B, 3>,
        cache: Vec<Tensor<B, 3>>,
        parameters: BlockParameters<'_, B>,
        needs_input_gradient: bool,
        shape: BlockShape,
    ) -> BlockGradients<B>;
}

/// Weight and bias of a block's convolution, and of its norm.
pub struct BlockParameters<'a, B: Backend> {
    /// `[members, kernel²·inputs, outputs]`
    pub weight: &'a Tensor<B, 3>,
    /// `[members, 1, outputs]`
    pub bias: &'a Tensor<B, 3>,
    /// `[members, 1, outputs]`, if there is a norm.
    pub norm: Option<[&'a Tensor<B, 3>; 2]>,
}

/// The result of a block's forward pass.
pub struct BlockOutput<B: Backend> {
    /// The images after the block: `[members, batch, height·width·outputs]`, after pooling.
    pub output: Tensor<B, 3>,
    /// Mean and variance of each channel, if there is a norm: `[members, 1, outputs]`.
    pub statistics: Option<[Tensor<B, 3>; 2]>,
    /// What the backward pass needs.
    pub cache: Vec<Tensor<B, 3>>,
}

/// The gradients of a block, each with the shape of its value.
pub struct BlockGradients<B: Backend> {
    /// Those of the convolution's weight and bias.
    pub layer: [Tensor<B, 3>; 2],
    /// Those of the norm's weight and bias, if there is one.
    pub norm: Option<[Tensor<B, 3>; 2]>,
    /// That of the images, if it was needed.
    pub input: Option<Tensor<B, 3>>,
}
