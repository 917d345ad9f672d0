//! What happens to one run, written into its folder.

use super::epochs::EpochsFile;
use super::error::{RecordError, on};
use super::event_file::{EventFile, HParam, SessionStatus};
use super::graph::GraphNode;
use super::result::RunResult;
use super::whole::remove;
use crate::event::{EpochMetrics, LayerValues};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is known of a run before it starts.
#[derive(Clone, Debug)]
pub struct RunHeader {
    /// The group of the trial's folds in the HParams tab.
    pub group: String,
    /// What tells the trial apart.
    pub hparams: BTreeMap<String, HParam>,
    /// The whole configuration, as a text in Markdown.
    pub configuration: String,
    /// The machine, as a text in Markdown.
    pub hardware: String,
    /// Dense and convolution layers of the model.
    pub layers: usize,
    /// The model's graph.
    pub graph: Vec<GraphNode>,
}

/// The open records of one run.
pub struct Recorder {
    folder: PathBuf,
    events: EventFile,
    epochs: EpochsFile,
}

impl Recorder {
    /// Starts the records of a run in `folder`; what an unfinished attempt left there is removed.
    ///
    /// `wall_time` is in seconds since 1970, here and in all other methods.
    ///
    /// # Errors
    /// Folders that cannot be written to, a full disk; here and in all other methods.
    pub fn start(folder: &Path, header: &RunHeader, wall_time: f64) -> Result<Self, RecordError> {
        remove(folder)?;
        std::fs::create_dir_all(folder).map_err(on("create the folder", folder))?;
        let mut events = EventFile::create(folder, wall_time)?;
        events.session_start(&header.group, &header.hparams, wall_time)?;
        events.text("configuration", &header.configuration, wall_time)?;
        events.text("Hardware/GPU", &header.hardware, wall_time)?;
        events.graph(&header.graph, wall_time)?;
        events.flush()?;
        Ok(Self {
            folder: folder.to_owned(),
            events,
            epochs: EpochsFile::create(folder, header.layers)?,
        })
    }

    /// Records an epoch.
    ///
    /// # Errors
    /// A full disk and the like.
    pub fn epoch(&mut self, metrics: &EpochMetrics, wall_time: f64) -> Result<(), RecordError> {
        let mut scalars = vec![
            ("Loss/train", metrics.train_loss),
            ("Accuracy/train", metrics.train_accuracy),
            ("LearningRate", metrics.learning_rate),
            ("Metrics/epoch_seconds", metrics.seconds),
        ];
        scalars.extend(metrics.val_loss.map(|loss| ("Loss/val", loss)));
        scalars.extend(
            metrics
                .val_accuracy
                .map(|accuracy| ("Accuracy/val", accuracy)),
        );
        let norms: Vec<(String, f64)> = (1..)
            .zip(&metrics.gradient_norms)
            .map(|(layer, &norm)| (format!("GradientNorm/layer{layer}"), norm))
            .collect();
        scalars.extend(norms.iter().map(|(tag, norm)| (tag.as_str(), *norm)));
        self.events
            .scalars(&scalars, step(metrics.epoch), wall_time)?;
        self.events.flush()?;
        self.epochs.row(metrics)
    }

    /// Records the weights and gradients of layers, as [`EventFile::layers`] does.
    ///
    /// # Errors
    /// A full disk and the like.
    pub fn layers(
        &mut self,
        layers: &[LayerValues],
        epoch: usize,
        wall_time: f64,
    ) -> Result<(), RecordError> {
        self.events.layers(layers, step(epoch), wall_time)?;
        self.events.flush()
    }

    /// Ends the records; the result is the last thing that appears.
    ///
    /// # Errors
    /// A full disk and the like.
    pub fn finish(mut self, result: &RunResult, wall_time: f64) -> Result<(), RecordError> {
        let mut scalars = Vec::new();
        if let Some(validation) = &result.validation {
            scalars.push(("Metrics/val_macro_f1", validation.macro_f1));
        }
        if let Some(test) = &result.test {
            scalars.push(("Loss/test", test.loss));
            scalars.push(("Accuracy/test", test.accuracy));
            scalars.push(("Metrics/test_macro_f1", test.macro_f1));
        }
        if !scalars.is_empty() {
            let step = step(result.final_epoch.unwrap_or(0));
            self.events.scalars(&scalars, step, wall_time)?;
        }
        let status = match result.failure {
            None => SessionStatus::Success,
            Some(_) => SessionStatus::Failure,
        };
        self.events.session_end(status, wall_time)?;
        self.events.flush()?;
        result.write(&self.folder)
    }
}

/// An epoch as a step of TensorBoard.
fn step(epoch: usize) -> i64 {
    i64::try_from(epoch).unwrap_or(i64::MAX)
}
