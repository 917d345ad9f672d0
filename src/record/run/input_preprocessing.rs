//! `input.json`: how a run fills and normalises its samples, if it learnt that from its training samples.
//! The file is written next to the weights.

use crate::bounded_io::read_file;
use crate::record::error::RecordError;
use crate::record::fs::atomic::write_before_result;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the file in the folder of a run.
pub(crate) const INPUT_FILE: &str = "input.json";

/// Maximum size of the file: more than three numbers for each of the maximum number of features take.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Statistics of the training samples of a run. The weights are of little use without them, and they
/// cannot be computed again without the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputPreprocessing {
    /// The mean of each channel of an image, or of each feature of a table.
    pub mean: Vec<f32>,
    /// The standard deviation of each, in the same order.
    pub standard_deviation: Vec<f32>,
    /// The value that replaces missing values of each feature; empty if no value is missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fill: Vec<f32>,
}

impl InputPreprocessing {
    /// Writes the file into the folder of a run, before the result of the run.
    ///
    /// # Errors
    /// The folder is not writable, or the disk is full.
    #[expect(
        clippy::expect_used,
        reason = "the value is ours, and JSON can represent it"
    )]
    pub fn write(&self, run_folder: &Path) -> Result<(), RecordError> {
        let mut text = serde_json::to_string(self).expect("lists of numbers are JSON");
        text.push('\n');
        write_before_result(&run_folder.join(INPUT_FILE), text.as_bytes())
    }

    /// Reads the file from the folder of a run; `None` if it is missing or invalid.
    pub fn read(run_folder: &Path) -> Option<Self> {
        let bytes = read_file(&run_folder.join(INPUT_FILE), MAX_FILE_BYTES).ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}
