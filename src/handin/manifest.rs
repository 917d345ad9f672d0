//! The manifest of an archive.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name of the manifest's file in the archive.
pub(super) const MANIFEST_FILE: &str = "pack.json";

/// The name of the sweep file in the archive.
pub const SWEEP_FILE: &str = "sweep.yaml";

/// The version of the archive's format.
pub(super) const FORMAT: u32 = 1;

/// The manifest of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackManifest {
    /// The version of the archive's format.
    pub format: u32,
    /// The name of the sweep.
    pub sweep: String,
    /// The version of tp-sweep.
    pub version: String,
    /// The commit that tp-sweep was built from, if known.
    pub commit: String,
    /// Every other file of the archive, by its path.
    pub files: BTreeMap<String, FileEntry>,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its size.
    pub bytes: u64,
    /// The BLAKE3 hash of its contents, in hexadecimal digits.
    pub blake3: String,
}

impl FileEntry {
    /// The entry of a file with these contents.
    pub fn of(contents: &[u8]) -> Self {
        Self {
            bytes: contents.len() as u64,
            blake3: blake3::hash(contents).to_hex().to_string(),
        }
    }
}
