//! Folders that are no usable model.

use std::path::PathBuf;

/// A model that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file that cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file that is not what its name says.
    #[error("{path} cannot be used: {reason}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder that `tp-sweep export` has not written.
    #[error("{0} has no model.json; `tp-sweep export SWEEP` writes such a folder")]
    NotThere(PathBuf),
    /// A folder with weights in burn's format alone.
    #[error(
        "{0} has model.mpk, for programs with burn, and no model.safetensors, which is read here; \
         `tp-sweep export SWEEP --format safetensors` writes it"
    )]
    BurnAlone(PathBuf),
}
