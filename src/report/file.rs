//! A file of a report.

use std::path::PathBuf;

/// A file of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// Its path, relative to the folder of reports.
    pub path: PathBuf,
    /// Its bytes.
    pub contents: Vec<u8>,
}
