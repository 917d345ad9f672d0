//! A file of a starter project.

use std::path::PathBuf;

/// A file of a starter project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StarterFile {
    /// Its path in the folder of the project.
    pub path: PathBuf,
    /// Its contents.
    pub contents: Vec<u8>,
}

impl StarterFile {
    pub(super) fn new(path: impl Into<PathBuf>, contents: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.into(),
            contents: contents.into(),
        }
    }
}

/// The name of the schema's file, next to the sweep files that name it in their first line.
pub(super) const SCHEMA_FILE: &str = "sweep.schema.json";
