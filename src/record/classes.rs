//! `classes.json`: how each class fares in a run.

use super::atomic::write_atomically;
use super::error::RecordError;
use crate::event::ClassScores;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the file in a run's folder.
const FILE: &str = "classes.json";

/// How each class fares in a run: its final model on samples that it was not trained on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunClasses {
    /// On the validation samples, where there are any.
    pub validation: Option<ClassScores>,
    /// On the held-out test set.
    pub test: ClassScores,
}

impl RunClasses {
    /// Writes the scores into a run's folder; before its result, which says that all is there.
    ///
    /// # Errors
    /// Folders that cannot be written to, a full disk.
    pub fn write(&self, folder: &Path) -> Result<(), RecordError> {
        let text = serde_json::to_vec(self).expect("scores are plain numbers");
        write_atomically(&folder.join(FILE), &text)
    }

    /// The scores in the folder of a complete run, if they can be read.
    pub fn read(folder: &Path) -> Option<Self> {
        let text = std::fs::read(folder.join(FILE)).ok()?;
        serde_json::from_slice(&text).ok()
    }
}
