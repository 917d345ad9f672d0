//! `input.json`: what a run's samples were filled and normalised by, beside its weights, where that is the
//! run's own.

use crate::bounded_io::read_file;
use crate::record::error::RecordError;
use crate::record::fs::atomic::write_before_result;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the file in a run's folder.
pub(crate) const INPUT_FILE: &str = "input.json";

/// The most bytes of the file: those of three numbers for each of the most features, and more.
const LARGEST: u64 = 64 << 20;

/// The mean and the standard deviation of a run's own training samples: without them its weights
/// are worth little, and they cannot be computed again where the data is gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputScale {
    /// Of each channel of an image, or of each column.
    pub mean: Vec<f32>,
    /// As many.
    pub standard_deviation: Vec<f32>,
    /// What fills the missing values of each feature; empty where none is missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fill: Vec<f32>,
}

impl InputScale {
    /// Writes it into a run's folder, before the run's result.
    ///
    /// # Errors
    /// Folders that cannot be written to, a full disk.
    #[expect(
        clippy::expect_used,
        reason = "what is written is our own value, which JSON can hold"
    )]
    pub fn write(&self, run_folder: &Path) -> Result<(), RecordError> {
        let mut text = serde_json::to_string(self).expect("it is lists of numbers");
        text.push('\n');
        write_before_result(&run_folder.join(INPUT_FILE), text.as_bytes())
    }

    /// Reads it from a run's folder; `None` where it is not there, or is no such file.
    pub fn read(run_folder: &Path) -> Option<Self> {
        let bytes = read_file(&run_folder.join(INPUT_FILE), LARGEST).ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}
