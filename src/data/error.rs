//! Data files that cannot be used.

use crate::spec::DatasetKind;
use std::path::PathBuf;

/// A data set that cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file of a data set known by name is in none of the places where it was looked for.
    #[error(
        "{file} of {set} is in none of {}; get it with `tp-sweep data fetch {set}`, or give the \
         folder that has it with --data FOLDER",
        list(.looked)
    )]
    Missing {
        /// The data set.
        set: DatasetKind,
        /// The file's name.
        file: String,
        /// The folders that were looked into.
        looked: Vec<PathBuf>,
    },
    /// The user's own data is in none of the places where it was looked for.
    #[error("there is neither a file nor a folder {}", list(.looked))]
    NotFound {
        /// The places that were looked at.
        looked: Vec<PathBuf>,
    },
    /// The user's own data cannot be used.
    #[error("the data in {path} cannot be used: {reason}")]
    Unusable {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it, and what would be right.
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

fn list(paths: &[PathBuf]) -> String {
    const SHOWN: usize = 4;
    let shown: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    match shown.len() {
        0..=SHOWN => shown.join(", "),
        count => format!(
            "{} and {} other places above",
            shown[..SHOWN].join(", "),
            count - SHOWN
        ),
    }
}
