//! `epochs.csv`: the metrics of each epoch of a run.

use crate::metrics::{EpochMetrics, Part, PartScore, Score};
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
    columns: EpochColumns,
}

/// The columns that depend on the configuration of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EpochColumns {
    /// The score that training monitors, if any; those that are measured after every epoch have columns
    /// anyway.
    pub monitored: Option<Score>,
    /// The number of layers with weights, each of which has a column for its gradient norm.
    pub layers: usize,
}

impl EpochColumns {
    /// The columns of scores.
    pub(super) fn scores(self) -> impl Iterator<Item = PartScore> {
        let of = |part: Part| Score::EVERY_EPOCH.map(|score| part.score(score));
        let monitored = self
            .monitored
            .filter(|score| !Score::EVERY_EPOCH.contains(score));
        let monitored = monitored.map(|score| Part::Validation.score(score));
        of(Part::Training)
            .into_iter()
            .chain(of(Part::Validation))
            .chain(monitored)
    }

    /// The text of the file.
    fn table(self, epochs: &[EpochMetrics]) -> String {
        let scores = self.scores().map(PartScore::id);
        let norms = (1..=self.layers).map(|layer| format!("gradient_norm_layer{layer}"));
        let columns: Vec<String> = ["epoch".to_owned()]
            .into_iter()
            .chain(scores)
            .chain(["learning_rate".to_owned(), "seconds".to_owned()])
            .chain(norms)
            .collect();
        let mut table = columns.join(",") + "\n";
        table.extend(epochs.iter().map(|metrics| self.row(metrics)));
        table
    }

    fn row(self, metrics: &EpochMetrics) -> String {
        let mut row = metrics.epoch.to_string();
        let scores = self.scores().map(|score| metrics.score(score));
        let rest = [metrics.learning_rate, metrics.seconds];
        let rest = rest
            .into_iter()
            .chain(metrics.gradient_norms.iter().copied());
        for value in scores.chain(rest.map(Some)) {
            row.push(',');
            if let Some(value) = value {
                row.push_str(&value.to_string());
            }
        }
        row.push('\n');
        row
    }
}

impl EpochsCsv {
    /// Creates the file in the folder of a run, with a row for each of `epochs`. Replaces an old file; a process that still writes to the old one
    /// does not change the new one.
    ///
    /// # Errors
    /// The folder is not writable.
    pub(crate) fn create(
        folder: &Path,
        columns: EpochColumns,
        epochs: &[EpochMetrics],
    ) -> Result<Self, RecordError> {
        let path = folder.join(FILE);
        let file = write_open(&path, columns.table(epochs).as_bytes())?;
        Ok(Self {
            path,
            file,
            columns,
        })
    }

    /// Syncs the file to disk, so that it survives a crash of the machine. If another process has
    /// replaced it, writes it again with these rows.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn close(self, epochs: &[EpochMetrics]) -> Result<(), RecordError> {
        if is_same_file(&self.file, &self.path) {
            self.file
                .sync_data()
                .map_err(failed_to("write", &self.path))
        } else {
            write_before_result(&self.path, self.columns.table(epochs).as_bytes())
        }
    }

    /// Appends a row.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn append(&mut self, metrics: &EpochMetrics) -> Result<(), RecordError> {
        // A single call, so that readers never see half a row.
        self.file
            .write_all(self.columns.row(metrics).as_bytes())
            .map_err(failed_to("write", &self.path))
    }
}

/// Writes the complete file of these epochs into the folder of a run, and replaces any old one.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn repair_epochs_csv(
    folder: &Path,
    columns: EpochColumns,
    epochs: &[EpochMetrics],
) -> Result<(), RecordError> {
    write_before_result(&folder.join(FILE), columns.table(epochs).as_bytes())
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
