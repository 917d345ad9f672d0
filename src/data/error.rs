//! Data files that cannot be used.

use crate::spec::DatasetKind;
use std::path::PathBuf;

/// A data set that cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// No searched folder has a file of a data set known by name.
    #[error(
        "no file {file} of {set} in {}; download it with `tp-sweep data fetch {set}`, or set the \
         folder that has it with --data FOLDER",
        list(.searched)
    )]
    Missing {
        /// The data set.
        set: DatasetKind,
        /// The file's name.
        file: String,
        /// The searched folders.
        searched: Vec<PathBuf>,
    },
    /// The path of the user's data does not exist.
    #[error("no such file or folder: {}", list(.searched))]
    NotFound {
        /// The paths that were tried.
        searched: Vec<PathBuf>,
    },
    /// The user's data cannot be used.
    #[error("the data in {path} cannot be used: {reason}")]
    Unusable {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A file cannot be read.
    #[error("cannot read the data file {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file is not the original of a data set known by name.
    #[error(
        "the data file {path} is damaged or modified: its SHA-256 is {found}, expected {expected}; \
         replace it with a fresh copy"
    )]
    Checksum {
        /// The file.
        path: PathBuf,
        /// The SHA-256 of its contents.
        found: String,
        /// The SHA-256 of the original.
        expected: String,
    },
    /// A file is not a valid IDX file.
    #[error("the data file {path} is not a valid IDX file: {reason}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

fn list(paths: &[PathBuf]) -> String {
    const SHOWN: usize = 4;
    let shown: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    match shown.len() {
        0..=SHOWN => shown.join(", "),
        count => format!(
            "{} and {} more above",
            shown[..SHOWN].join(", "),
            count - SHOWN
        ),
    }
}
