//! `epochs.csv`: the metrics of each epoch of a run.

use crate::metrics::EpochMetrics;
use crate::record::error::{RecordError, on};
use crate::record::fs::atomic::{write_before_result, write_open};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The name of the file in a run's folder.
const FILE: &str = "epochs.csv";

/// The open table of a run; a row is on disk when it is written.
pub(crate) struct EpochsFile {
    path: PathBuf,
    file: File,
}

const HEADER: &str = "epoch,train_loss,train_accuracy,val_loss,val_accuracy,learning_rate,seconds";

impl EpochsFile {
    /// Starts the table in a run's folder, with a column for the gradient norm of each of `layers`
    /// and a row for each of `epochs`; one that was there is replaced, and a process that still
    /// writes to it does not touch this one.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub(crate) fn start(
        folder: &Path,
        layers: usize,
        epochs: &[EpochMetrics],
    ) -> Result<Self, RecordError> {
        let path = folder.join(FILE);
        let file = write_open(&path, table(layers, epochs).as_bytes())?;
        Ok(Self { path, file })
    }

    /// Sees to it that the table is there with all of these rows, also after a crash of the machine,
    /// and if another process has put its own in its place meanwhile.
    ///
    /// # Errors
    /// A full disk and the like.
    pub(crate) fn close(self, layers: usize, epochs: &[EpochMetrics]) -> Result<(), RecordError> {
        match is_at(&self.file, &self.path) {
            true => self.file.sync_data().map_err(on("write", &self.path)),
            false => write_before_result(&self.path, table(layers, epochs).as_bytes()),
        }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// A full disk and the like.
    pub(crate) fn row(&mut self, metrics: &EpochMetrics) -> Result<(), RecordError> {
        // One call for the whole row: a reader never sees half of it.
        self.file
            .write_all(row(metrics).as_bytes())
            .map_err(on("write", &self.path))
    }
}

/// Puts the table of these epochs into a run's folder, whatever is there.
///
/// # Errors
/// A full disk and the like.
pub(crate) fn mend_epochs(
    folder: &Path,
    layers: usize,
    epochs: &[EpochMetrics],
) -> Result<(), RecordError> {
    write_before_result(&folder.join(FILE), table(layers, epochs).as_bytes())
}

/// The whole table.
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

/// Whether an open file is the one at this path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let of = |about: std::fs::Metadata| (about.dev(), about.ino());
    match (file.metadata(), path.metadata()) {
        (Ok(own), Ok(there)) => of(own) == of(there),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_file: &File, path: &Path) -> bool {
    path.exists()
}
