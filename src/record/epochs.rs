//! `epochs.csv`: the metrics of each epoch of a run.

use super::error::{RecordError, on};
use crate::event::EpochMetrics;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The open table of a run; a row is on disk when it is written.
pub(super) struct EpochsFile {
    path: PathBuf,
    file: File,
}

const HEADER: &str = "epoch,train_loss,train_accuracy,val_loss,val_accuracy,learning_rate,seconds";

impl EpochsFile {
    /// Creates the table in a run's folder, with a column for the gradient norm of each of
    /// `layers`.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub(super) fn create(folder: &Path, layers: usize) -> Result<Self, RecordError> {
        let path = folder.join("epochs.csv");
        let mut file = File::create(&path).map_err(on("create", &path))?;
        let mut header = HEADER.to_owned();
        for layer in 1..=layers {
            header.push_str(&format!(",gradient_norm_layer{layer}"));
        }
        header.push('\n');
        file.write_all(header.as_bytes())
            .map_err(on("write", &path))?;
        Ok(Self { path, file })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// A full disk and the like.
    pub(super) fn row(&mut self, metrics: &EpochMetrics) -> Result<(), RecordError> {
        let optional = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
        let mut row = format!(
            "{},{},{},{},{},{},{}",
            metrics.epoch,
            metrics.train_loss,
            metrics.train_accuracy,
            optional(metrics.val_loss),
            optional(metrics.val_accuracy),
            metrics.learning_rate,
            metrics.seconds,
        );
        for norm in &metrics.gradient_norms {
            row.push_str(&format!(",{norm}"));
        }
        row.push('\n');
        // One call for the whole row: a reader never sees half of it.
        self.file
            .write_all(row.as_bytes())
            .map_err(on("write", &self.path))
    }
}
