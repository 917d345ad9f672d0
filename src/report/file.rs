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

impl ReportFile {
    /// The file of the report with this name, in one of its formats.
    pub(super) fn of_report(name: &str, extension: &str, contents: Vec<u8>) -> Self {
        Self {
            path: PathBuf::from(format!("{name}.{extension}")),
            contents,
        }
    }
}
