//! The operations that training needs of a burn backend, as a trait, and its implementations for
//! burn's CPU and GPU backends.

mod activation_kernels;
mod batch_norm;
mod cross_entropy;
#[cfg(test)]
mod equivalence_tests;
mod flex;
mod fused;
#[cfg(feature = "gpu")]
mod gpu;
#[cfg(feature = "gpu")]
mod gpu_backends;
mod image_kernels;
mod noise;
mod one_pass;
#[cfg(feature = "gpu")]
mod packed;
mod training_backend;

pub use activation_kernels::{ActivationKernel, ActivationKernels};
pub use batch_norm::NormedBatch;
pub use cross_entropy::CrossEntropy;
pub use fused::{
    Activation as FusedActivation, Batch as FusedBatch, Epoch as FusedEpoch, FeatureTable,
    FusedEnd, FusedStart, FusedState, FusedTraining, Layer as FusedLayer, Model as FusedModel,
    Rule as FusedRule, Step as FusedStep,
};
pub use image_kernels::{
    BlockGradients, BlockOutput, BlockParameters, BlockShape, ConvolutionShape, ImageKernels,
    PoolShape, Pooling,
};
pub use noise::NoiseKey;
pub use one_pass::{OnePassUpdates, ParameterLists};
pub use training_backend::Backend;
