//! Records that cannot be written or read.

use std::path::{Path, PathBuf};

/// A file or folder of the records that could not be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {path}: {source}")]
pub struct RecordError {
    /// What was tried: "write", "create the folder".
    pub action: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// The system's reason.
    pub source: std::io::Error,
}

/// Adds to an I/O error what was tried with which path.
pub(super) fn on<'a>(
    action: &'static str,
    path: &'a Path,
) -> impl FnOnce(std::io::Error) -> RecordError + use<'a> {
    move |source| RecordError {
        action,
        path: path.to_owned(),
        source,
    }
}
