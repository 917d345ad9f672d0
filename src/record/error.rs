//! The error of reading or writing records.

use std::path::{Path, PathBuf};

/// A file or folder of the records cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {path}: {source}")]
pub struct RecordError {
    /// The action that failed, such as "write" or "create the folder".
    pub action: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// The reason that the system gives.
    pub source: std::io::Error,
}

/// Turns an I/O error into a [`RecordError`] with the action that failed and its path.
pub(super) fn failed_to<'a>(
    action: &'static str,
    path: &'a Path,
) -> impl FnOnce(std::io::Error) -> RecordError + use<'a> {
    move |source| RecordError {
        action,
        path: path.to_owned(),
        source,
    }
}
