//! Data files that cannot be used.

use std::path::PathBuf;

/// A data set that cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file is in none of the places where it was looked for.
    #[error(
        "the data file {file} is in none of {}; \
         give the folder that has it with --data FOLDER",
        .looked.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    Missing {
        /// The file's name.
        file: String,
        /// The folders that were looked into.
        looked: Vec<PathBuf>,
    },
    /// A file cannot be read.
    #[error("cannot read the data file {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file's contents are not those of the data set.
    #[error(
        "the data file {path} is damaged or not the original: its SHA-256 is {found}, \
         expected {expected}; replace it with a fresh copy"
    )]
    Checksum {
        /// The file.
        path: PathBuf,
        /// The sum of its contents.
        found: String,
        /// The sum of the original.
        expected: String,
    },
    /// A file is not in the format that its name promises.
    #[error("the data file {path} is not a valid IDX file: {reason}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}
