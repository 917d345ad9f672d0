//! Fast loops over slices for training steps on a CPU.
//!
//! This crate contains the `unsafe` code that these loops need, behind safe functions that check all lengths
//! first: products by the `gemm` crate, which takes raw pointers, the inner loops of convolutions and of dot
//! products, and prefetching. Loops are compiled for the vector units of the processor that they run on.

mod activation;
mod aligned;
mod batch_norm;
mod column_sums;
mod convolution;
mod convolution_block;
mod convolution_kernels;
mod dot_products;
mod exponential;
mod group;
mod moments;
mod norm_gradient;
mod norm_relu_pool;
mod padded_image;
mod pooling;
mod product;
mod rows;
mod update;
mod vector;

pub use activation::{ActivationKernel, LEAKY_RELU_SLOPE, SELU_ALPHA, SELU_SCALE};
pub use batch_norm::{ColumnStatistics, normalise_columns, normalise_columns_gradient};
pub use convolution::{ConvolutionShape, convolve, input_gradient, weight_gradient};
pub use convolution_block::{
    BlockCache, BlockGradients, BlockOutput, BlockParameters, BlockShape, block, block_gradient,
    predict_block,
};
pub use exponential::exponentials;
pub use pooling::{PoolShape, Pooling, pool, pool_gradient};
pub use product::{Matrix, multiply_into};
pub use rows::append_scaled_rows;
pub use update::update;

/// Runs `function` compiled for the widest vector units of this processor.
pub fn vectorised<T>(function: impl FnOnce() -> T) -> T {
    struct Dispatched<F>(F);
    impl<T, F: FnOnce() -> T> pulp::NullaryFnOnce for Dispatched<F> {
        type Output = T;
        #[inline(always)]
        fn call(self) -> T {
            (self.0)()
        }
    }
    pulp::Arch::new().dispatch(Dispatched(function))
}
