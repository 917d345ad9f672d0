//! Errors of reading a model.

use std::path::PathBuf;

/// A model cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The contents of a file are invalid.
    #[error("{path} cannot be used: {reason}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The folder has no description, so `tp-sweep export` has not written it.
    #[error("{0} has no model.json; run `tp-sweep export SWEEP` to write a model folder")]
    MissingDescription(PathBuf),
    /// The folder has weights in burn's format only.
    #[error(
        "{0} has weights for burn (model.mpk) but no model.safetensors; run \
         `tp-sweep export SWEEP --format safetensors` to write it"
    )]
    OnlyBurnWeights(PathBuf),
}
