//! `epochs.csv`: the metrics of each epoch of a run.

use crate::metrics::EpochMetrics;
use crate::record::error::{RecordError, failed_to};
use crate::record::fs::atomic::{write_before_result, write_open};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The name of the file in the folder of a run.
const FILE: &str = "epochs.csv";

/// The open file of a run. Rows are not buffered.
pub(crate) struct EpochsCsv {
    path: PathBuf,
    file: File,
}

const HEADER: &str = "epoch,train_loss,train_accuracy,val_loss,val_accuracy,learning_rate,seconds";

impl EpochsCsv {
    /// Creates the file in the folder of a run, with a column for the gradient norm of each of `layers`
    /// and a row for each of `epochs`. Replaces an old file; a process that still writes to the old one
    /// does not change the new one.
    ///
    /// # Errors
    /// The folder is not writable.
    pub(crate) fn create(
        folder: &Path,
        layers: usize,
        epochs: &[EpochMetrics],
    ) -> Result<Self, RecordError> {
        let path = folder.join(FILE);
        let file = write_open(&path, table(layers, epochs).as_bytes())?;
        Ok(Self { path, file })
    }

    /// Syncs the file to disk, so that it survives a crash of the machine. If another process has
    /// replaced it, writes it again with these rows.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn close(self, layers: usize, epochs: &[EpochMetrics]) -> Result<(), RecordError> {
        if is_same_file(&self.file, &self.path) {
            self.file
                .sync_data()
                .map_err(failed_to("write", &self.path))
        } else {
            write_before_result(&self.path, table(layers, epochs).as_bytes())
        }
    }

    /// Appends a row.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn append(&mut self, metrics: &EpochMetrics) -> Result<(), RecordError> {
        // A single call, so that readers never see half a row.
        self.file
            .write_all(row(metrics).as_bytes())
            .map_err(failed_to("write", &self.path))
    }
}

/// Writes the complete file of these epochs into the folder of a run, and replaces any old one.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn repair_epochs_csv(
    folder: &Path,
    layers: usize,
    epochs: &[EpochMetrics],
) -> Result<(), RecordError> {
    write_before_result(&folder.join(FILE), table(layers, epochs).as_bytes())
}

/// The text of the file.
fn table(layers: usize, epochs: &[EpochMetrics]) -> String {
    let mut table = HEADER.to_owned();
    for layer in 1..=layers {
        table.push_str(&format!(",gradient_norm_layer{layer}"));
    }
    table.push('\n');
    table.extend(epochs.iter().map(row));
    table
}

fn row(metrics: &EpochMetrics) -> String {
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
    row
}

/// Whether an open file is the one at `path`.
#[cfg(unix)]
fn is_same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), path.metadata()) {
        (Ok(opened), Ok(found)) => id(opened) == id(found),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_same_file(_file: &File, path: &Path) -> bool {
    path.exists()
}
