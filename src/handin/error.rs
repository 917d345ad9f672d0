//! Archives that cannot be used.

use std::path::PathBuf;

/// An archive that cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum HandinError {
    /// A file cannot be read or written.
    #[error("cannot {action} {}: {error}", .path.display())]
    Io {
        /// What was to be done.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        error: std::io::Error,
    },
    /// It would be larger than `unpack` accepts.
    #[error(
        "the sweep {sweep} is too large for an archive ({files} files, {bytes} bytes): split it into sweeps \
         with fewer runs"
    )]
    TooLarge {
        /// The name of the sweep.
        sweep: String,
        /// The number of its files.
        files: usize,
        /// Their bytes.
        bytes: u64,
    },
    /// It is not an archive that `pack` wrote.
    #[error("{}: {reason}", .path.display())]
    NotAPack {
        /// The archive.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}
