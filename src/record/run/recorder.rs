//! Records one attempt at a run in the folder of the run.

use super::attempt_leftovers::{remove_abandoned_files, remove_leftovers};
use super::checkpoint::Checkpoint;
use super::classification::remove_other_classification;
use super::epoch_scalars::{epoch_scalars, final_scalars};
use super::epochs_csv::{EpochColumns, EpochsCsv, repair_epochs_csv};
use super::predictions::remove_other_predictions;
use super::result::RunResult;
use crate::metrics::{EpochMetrics, LayerValues};
use crate::plan::RunHash;
use crate::record::error::{RecordError, failed_to};
use crate::record::fs::folder::remove_file;
use crate::record::tensorboard::event_file::{
    EventFile, EventFilePosition, HParam, SessionStatus, step,
};
use crate::record::tensorboard::graph::GraphNode;
use crate::spec::EventTiming;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is recorded of a run at its start.
#[derive(Clone, Debug)]
pub struct RunMetadata {
    /// The group in the HParams tab: one for all folds of the trial.
    pub group: String,
    /// The values that distinguish the trial from others.
    pub hparams: BTreeMap<String, HParam>,
    /// The complete configuration, in Markdown.
    pub configuration: String,
    /// A description of the machine, in Markdown.
    pub hardware: String,
    /// When events for TensorBoard are written.
    pub event_timing: EventTiming,
    /// The columns of `epochs.csv`.
    pub epoch_columns: EpochColumns,
    /// The graph of the model.
    pub graph: Vec<GraphNode>,
}

/// The open records of one attempt at a run.
///
/// Several processes, on machines that share the folder, may train the same run. A recorder therefore
/// never removes a file that another process may still be writing until the run has its result, and the
/// first result that is written is kept.
pub struct Recorder {
    folder: PathBuf,
    /// `None` if the sweep file disables events.
    events: Option<EventFile>,
    /// The open `epochs.csv`; `None` if it is written at the end of the run.
    epochs: Option<EpochsCsv>,
    columns: EpochColumns,
    /// The bytes of the result that this attempt replaces, if the run is retried.
    replaced: Option<Vec<u8>>,
}

impl Recorder {
    /// Starts the records of a run in `folder`, and removes the files of abandoned attempts.
    ///
    /// `wall_time` is in seconds since 1970, here and in all other methods.
    ///
    /// # Errors
    /// The folder is not writable, or the disk is full; here and in all other methods.
    pub fn start(
        folder: &Path,
        metadata: &RunMetadata,
        wall_time: f64,
    ) -> Result<Self, RecordError> {
        std::fs::create_dir_all(folder).map_err(failed_to("create the folder", folder))?;
        remove_abandoned_files(folder, None)?;
        let events = match metadata.event_timing {
            EventTiming::None => None,
            EventTiming::Epoch | EventTiming::Final => {
                Some(create_event_file(folder, metadata, wall_time)?)
            }
        };
        let mut recorder = Self::with_events(folder, metadata, events, &[])?;
        recorder.flush_events()?;
        Ok(recorder)
    }

    /// Resumes the records of a run at a checkpoint, and drops everything written after it. `None` if the
    /// event file of the checkpoint no longer exists.
    pub fn resume(
        folder: &Path,
        metadata: &RunMetadata,
        checkpoint: &Checkpoint,
        wall_time: f64,
    ) -> Result<Option<Self>, RecordError> {
        let position = &checkpoint.events;
        // The sweep file may have enabled events after the checkpoint was written.
        let has_no_events = position.file.is_empty();
        let events = match metadata.event_timing {
            EventTiming::None => None,
            _ if has_no_events => Some(create_event_file(folder, metadata, wall_time)?),
            _ => match EventFile::resume(folder, position, wall_time)? {
                Some(events) => Some(events),
                None => return Ok(None),
            },
        };
        // Keeps the old file until the run ends or writes a new checkpoint: the old checkpoint is useless
        // without it.
        remove_abandoned_files(folder, Some(&position.file))?;
        let mut recorder = Self::with_events(folder, metadata, events, &checkpoint.epochs)?;
        if has_no_events {
            for metrics in &checkpoint.epochs {
                recorder.write_scalars(metrics, wall_time)?;
            }
        }
        Ok(Some(recorder))
    }

    fn with_events(
        folder: &Path,
        metadata: &RunMetadata,
        events: Option<EventFile>,
        epochs: &[EpochMetrics],
    ) -> Result<Self, RecordError> {
        Ok(Self {
            folder: folder.to_owned(),
            events,
            epochs: match metadata.event_timing {
                EventTiming::Epoch => {
                    Some(EpochsCsv::create(folder, metadata.epoch_columns, epochs)?)
                }
                EventTiming::Final | EventTiming::None => None,
            },
            columns: metadata.epoch_columns,
            replaced: replaceable_result(folder),
        })
    }

    /// Syncs the event file to disk, and returns its position.
    pub fn sync_position(&mut self) -> Result<EventFilePosition, RecordError> {
        match &mut self.events {
            Some(events) => events.sync_position(),
            None => Ok(EventFilePosition::none()),
        }
    }

    /// Writes a checkpoint, and removes the event file of the attempt before, which is obsolete then.
    pub fn save_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), RecordError> {
        checkpoint.write(&self.folder)?;
        remove_abandoned_files(&self.folder, None)
    }

    /// The final result of this run that another process has written since this attempt started, if any.
    pub fn completed_elsewhere(&self, run_hash: &RunHash) -> Option<RunResult> {
        let bytes = RunResult::read_bytes(&self.folder)?;
        let result = RunResult::from_bytes(&bytes)?;
        let is_final = result.run_hash == *run_hash && !result.should_retry();
        (is_final && self.replaced.as_ref() != Some(&bytes)).then_some(result)
    }

    /// Ends this attempt without a result, because another process has written this one.
    ///
    /// # Errors
    /// A file cannot be removed, or the disk is full.
    pub fn yield_to(self, result: &RunResult) -> Result<(), RecordError> {
        if let Some(events) = &self.events {
            remove_file(events.path())?;
        }
        adopt_result(&self.folder, self.columns, result)
    }

    /// Records the metrics of an epoch.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write_epoch(
        &mut self,
        metrics: &EpochMetrics,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        self.write_scalars(metrics, wall_time)?;
        match &mut self.epochs {
            Some(epochs) => epochs.append(metrics).and_then(|()| self.flush_events()),
            None => Ok(()),
        }
    }

    /// Writes the metrics of an epoch into the event file.
    fn write_scalars(&mut self, metrics: &EpochMetrics, wall_time: f64) -> Result<(), RecordError> {
        match &mut self.events {
            Some(events) => {
                events.write_scalars(&epoch_scalars(metrics), step(metrics.epoch), wall_time)
            }
            None => Ok(()),
        }
    }

    /// Records the weights and gradients of layers; see [`EventFile::write_layers`].
    ///
    /// # Errors
    /// The event file cannot be written.
    pub fn write_layers(
        &mut self,
        layers: &[LayerValues],
        epoch: usize,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        if let Some(events) = &mut self.events {
            events.write_layers(layers, step(epoch), wall_time)?;
        }
        match self.epochs {
            Some(_) => self.flush_events(),
            None => Ok(()),
        }
    }

    /// Makes all events visible to TensorBoard.
    fn flush_events(&mut self) -> Result<(), RecordError> {
        self.events.as_mut().map_or(Ok(()), EventFile::flush)
    }

    /// Ends the records and writes the result, as the last file; the result names its event file.
    ///
    /// Returns the result that is kept: if another process has already written one, that one.
    ///
    /// # Errors
    /// A file cannot be written or removed.
    pub fn finish(
        mut self,
        mut result: RunResult,
        wall_time: f64,
    ) -> Result<RunResult, RecordError> {
        let scalars = final_scalars(self.columns, &result);
        let status = match result.failure {
            None => SessionStatus::Success,
            Some(_) => SessionStatus::Failure,
        };
        // Holds the lock of the event file until the result, which names it, exists: an event file that is
        // neither locked nor named counts as abandoned.
        let mut event_file_lock = None;
        if let Some(mut events) = self.events.take() {
            let step = step(result.final_epoch.unwrap_or(0));
            events.write_scalars(&scalars, step, wall_time)?;
            events.write_session_end(status, wall_time)?;
            result.events = Some(events.name().to_owned());
            event_file_lock = Some(events.close()?);
        }
        match self.epochs.take() {
            Some(epochs) => epochs.close(&result.epochs)?,
            None => repair_epochs_csv(&self.folder, self.columns, &result.epochs)?,
        }
        let existing = result.publish(&self.folder, self.replaced.as_deref())?;
        drop(event_file_lock);
        let Some(existing) = existing else {
            remove_leftovers(&self.folder, &result)?;
            return Ok(result);
        };
        if let Some(events) = &result.events {
            remove_file(&self.folder.join(events))?;
        }
        adopt_result(&self.folder, self.columns, &existing)?;
        Ok(existing)
    }
}

/// The bytes of the result that a new attempt replaces: the result of a failed run. A result that
/// another process finished in the meantime is not replaced.
fn replaceable_result(folder: &Path) -> Option<Vec<u8>> {
    let bytes = RunResult::read_bytes(folder)?;
    let is_finished = RunResult::from_bytes(&bytes).is_some_and(|result| result.failure.is_none());
    (!is_finished).then_some(bytes)
}

/// Makes the other files of the folder match the result of another process.
fn adopt_result(
    folder: &Path,
    columns: EpochColumns,
    result: &RunResult,
) -> Result<(), RecordError> {
    // This attempt may have written an `epochs.csv` with different times, a checkpoint, and the
    // classes and predictions of another model.
    repair_epochs_csv(folder, columns, &result.epochs)?;
    remove_other_classification(folder, result)?;
    remove_other_predictions(folder, result)?;
    remove_leftovers(folder, result)
}

/// Creates the event file of a run, and writes its metadata.
fn create_event_file(
    folder: &Path,
    metadata: &RunMetadata,
    wall_time: f64,
) -> Result<EventFile, RecordError> {
    let mut events = EventFile::create(folder, wall_time)?;
    events.write_session_start(&metadata.group, &metadata.hparams, wall_time)?;
    events.write_text("configuration", &metadata.configuration, wall_time)?;
    events.write_text("Hardware/GPU", &metadata.hardware, wall_time)?;
    events.write_graph(&metadata.graph, wall_time)?;
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{ClassificationCounts, SamplePredictions, Scores};
    use crate::record::run::classification::RunClassification;
    use crate::record::run::plausibility::tests::result;
    use crate::record::run::predictions::{read_predictions, write_predictions};

    /// Four samples of two classes, the first ones correct.
    fn write(folder: &Path, correct: usize) {
        let predictions = SamplePredictions {
            classes: 2,
            samples: vec![0, 1, 2, 3],
            labels: vec![0; 4],
            predicted: (0..4).map(|at| u16::from(at >= correct)).collect(),
        };
        let mut counts = ClassificationCounts::new(2);
        for &class in &predictions.predicted {
            counts.add(0, &[1.0 - f32::from(class), f32::from(class)]);
        }
        write_predictions(folder, &predictions).unwrap();
        let classes = RunClassification {
            validation: Some(counts.clone()),
            test: counts,
        };
        classes.write(folder).unwrap();
    }

    #[test]
    fn files_that_do_not_belong_to_the_result_of_another_process_are_removed() {
        let scores = Scores::loss_and_accuracy(0.5, 0.75);
        let published = RunResult {
            validation: Some(scores.clone()),
            test: Some(scores),
            ..result()
        };
        let is_kept = |correct: usize, published: &RunResult| {
            let folder = tempfile::tempdir().unwrap();
            write(folder.path(), correct);
            adopt_result(folder.path(), EpochColumns::default(), published).unwrap();
            let classes = RunClassification::read(folder.path());
            let predictions = read_predictions(folder.path());
            [classes.is_some(), predictions.is_some()]
        };
        assert_eq!(is_kept(3, &published), [true; 2]);
        assert_eq!(is_kept(2, &published), [false; 2]);
        let failed = RunResult {
            validation: None,
            test: None,
            ..result()
        };
        assert_eq!(is_kept(3, &failed), [false; 2]);
        let other_test = RunResult {
            test: Some(Scores::loss_and_accuracy(0.5, 0.5)),
            ..published
        };
        assert_eq!(is_kept(3, &other_test), [false, true]);
    }
}
