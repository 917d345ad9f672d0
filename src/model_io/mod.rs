//! Trained models as files: writes layers and tensors in PyTorch's layout, and builds networks from
//! them.
//!
//! A model's folder contains `model.json` ([`Description`]) and `model.safetensors`, and optionally
//! `model.mpk` (burn's record). Files that are read are not trusted: sizes and shapes are checked.

mod burn_record;
mod description;
mod error;
mod folder;
mod layer;
mod layout;
mod predictor;
mod safetensors;
mod stages;

pub use burn_record::to_burn_record;
pub use description::{DataDescription, Description, ImageShape, InputDescription, RunDescription};
pub use error::ModelError;
pub use folder::read_model;
pub use layer::layers_of;
pub use layout::{NamedTensor, Weights, names_and_shapes};
pub use predictor::{Prediction, Predictor};
pub use safetensors::{from_safetensors, to_safetensors};

/// The name of the file with the weights.
pub const WEIGHTS_FILE: &str = "model.safetensors";
/// The name of the file with the weights as burn's record.
pub const BURN_FILE: &str = "model.mpk";
/// The name of the file that describes the model.
pub const DESCRIPTION_FILE: &str = "model.json";
