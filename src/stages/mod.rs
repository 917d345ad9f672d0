//! The stages of a network, each defined in one file of `catalog`: its shapes and parameters, its forward and backward
//! pass, its layer in PyTorch and burn, its node in the graph of TensorBoard.
//!
//! How stages form a network is decided by `spec` (`Config::stages`); `model` trains it.

mod activation_function;
mod catalog;
mod choice;
mod definition;
mod dropout_noise;
mod gradient;
mod graph;
mod layer_context;
mod module_tensors;
mod operation;
mod parameter;
mod per_batch_cache;
mod row_indices;
mod row_norm;
mod sample_shape;
mod segments;

pub use activation_function::ActivationFunction;
pub use catalog::activation::ActivationStage;
pub(crate) use catalog::batch_norm::BatchNormOperation;
pub use catalog::batch_norm::{BatchNorm, BatchNormChoice, EPSILON as NORM_EPSILON};
pub(crate) use catalog::convolution::ConvolutionOperation;
pub use catalog::convolution::{Convolution, MAX_KERNEL_SIZE};
pub use catalog::dense::Dense;
pub use catalog::dropout::Dropout;
pub use catalog::global_pooling::GlobalPooling;
pub use catalog::layer_norm::{LayerNorm, LayerNormChoice};
pub use catalog::pooling::{Pool, PoolFunction};
pub use catalog::residual::Residual;
pub(crate) use catalog::residual::check_shortcuts;
pub use catalog::strided_convolution::StridedConvolution;
pub use catalog::{Activation, ModelLayer, Norm, Stage};
pub(crate) use catalog::{LayerRecord, StageOperation};
pub(crate) use choice::LayerOutputs;
pub use choice::NoNorm;
pub use dropout_noise::{DropoutNoise, DropoutSite};
pub use gradient::{ParameterValues, StageGradient};
pub use graph::StageNode;
pub(crate) use layer_context::{LayerContext, LayerNames};
pub(crate) use module_tensors::ModuleTensors;
pub(crate) use operation::{BackwardPass, ForwardPass, Operation};
pub(crate) use parameter::Layout;
pub use parameter::{Form, Initial, Parameter};
pub use sample_shape::SampleShape;
pub use segments::{concat_members, narrow_members, segments, select_members};
