//! What happens to one run, written into its folder.

use super::atomic::remove_file;
use super::checkpoint::{CHECKPOINT_FILE, Checkpoint, remove_checkpoint};
use super::epochs::EpochsFile;
use super::error::{RecordError, on};
use super::event_file::{EventFile, EventsMark, HParam, SessionStatus, is_event_file};
use super::graph::GraphNode;
use super::result::{RESULT_FILE, RunResult};
use super::whole::remove;
use crate::event::{EpochMetrics, LayerValues};
use crate::plan::Identity;
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
    layers: usize,
}

impl Recorder {
    /// Starts the records of a run in `folder`; what an unfinished attempt left there is removed.
    ///
    /// `wall_time` is in seconds since 1970, here and in all other methods.
    ///
    /// # Errors
    /// Folders that cannot be written to, a full disk; here and in all other methods.
    pub fn start(folder: &Path, header: &RunHeader, wall_time: f64) -> Result<Self, RecordError> {
        std::fs::create_dir_all(folder).map_err(on("create the folder", folder))?;
        clear(folder, &[RESULT_FILE])?;
        let mut events = EventFile::create(folder, wall_time)?;
        events.session_start(&header.group, &header.hparams, wall_time)?;
        events.text("configuration", &header.configuration, wall_time)?;
        events.text("Hardware/GPU", &header.hardware, wall_time)?;
        events.graph(&header.graph, wall_time)?;
        events.flush()?;
        Self::with_events(folder, header, events, &[])
    }

    /// Goes on with the records of a run from a checkpoint: what was written after it is removed.
    /// Nothing where the records that it goes on from are not there any more.
    pub fn resume(
        folder: &Path,
        header: &RunHeader,
        checkpoint: &Checkpoint,
        wall_time: f64,
    ) -> Result<Option<Self>, RecordError> {
        let mark = &checkpoint.events;
        let Some(events) = EventFile::resume(folder, mark, wall_time)? else {
            return Ok(None);
        };
        // The old file stays until the run has ended or is saved again: without it, this
        // checkpoint would be worth nothing.
        clear(
            folder,
            &[RESULT_FILE, CHECKPOINT_FILE, &mark.file, events.name()],
        )?;
        Self::with_events(folder, header, events, &checkpoint.epochs).map(Some)
    }

    fn with_events(
        folder: &Path,
        header: &RunHeader,
        events: EventFile,
        epochs: &[EpochMetrics],
    ) -> Result<Self, RecordError> {
        Ok(Self {
            folder: folder.to_owned(),
            events,
            epochs: EpochsFile::start(folder, header.layers, epochs)?,
            layers: header.layers,
        })
    }

    /// How far the event file has been written, once all of that has reached the disk.
    pub fn mark(&mut self) -> Result<EventsMark, RecordError> {
        self.events.mark()
    }

    /// Writes a checkpoint; the event file of an earlier attempt has no use any more.
    pub fn save(&self, checkpoint: &Checkpoint) -> Result<(), RecordError> {
        checkpoint.write(&self.folder)?;
        clear_events(&self.folder, self.events.name())
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
        let name = self.events.name().to_owned();
        self.events.close()?;
        self.epochs.close(self.layers, &result.epochs)?;
        result.write(&self.folder)?;
        // The checkpoint goes last: it tells which event file is the old one.
        clear_events(&self.folder, &name)?;
        remove_checkpoint(&self.folder)
    }
}

/// Does in the folder of a run that has its result what a process that was killed right after the
/// run's end had no time for: no checkpoint stays, and no event file of an earlier attempt.
///
/// # Errors
/// Files that cannot be removed.
pub fn tidy(folder: &Path, identity: &Identity) -> Result<(), RecordError> {
    if let Some(checkpoint) = Checkpoint::read(folder, identity) {
        // A run that has not been saved since it went on has written a file of its own.
        let marked = checkpoint.events.file;
        let entries = std::fs::read_dir(folder).map_err(on("read the folder", folder))?;
        let mut names = entries.flatten().map(|entry| entry.file_name());
        if names.any(|name| {
            name.to_str()
                .is_some_and(|n| is_event_file(n) && n != marked)
        }) {
            remove_files(folder, |name| is_event_file(name) && name == marked)?;
        }
    }
    remove_checkpoint(folder)
}

/// Removes all files of a run's folder but those of these names.
fn clear(folder: &Path, kept: &[&str]) -> Result<(), RecordError> {
    remove_files(folder, |name| !kept.contains(&name))
}

/// Removes all event files of a run's folder but the one of this name.
fn clear_events(folder: &Path, kept: &str) -> Result<(), RecordError> {
    remove_files(folder, |name| is_event_file(name) && name != kept)
}

fn remove_files(folder: &Path, is_old: impl Fn(&str) -> bool) -> Result<(), RecordError> {
    let entries = std::fs::read_dir(folder).map_err(on("read the folder", folder))?;
    for entry in entries {
        let entry = entry.map_err(on("read the folder", folder))?;
        // Names of ours are text: a name that is not is removed like any other that is not ours.
        if is_old(&entry.file_name().to_string_lossy()) {
            let path = entry.path();
            match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true => remove(&path)?,
                false => remove_file(&path)?,
            }
        }
    }
    Ok(())
}

/// An epoch as a step of TensorBoard.
fn step(epoch: usize) -> i64 {
    i64::try_from(epoch).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{OptimizerMemory, TrainingState};
    use crate::random::Seed;
    use crate::spec::Config;

    #[test]
    fn what_a_killed_process_left_of_an_ended_run_goes_but_never_its_only_events() {
        let seed = Seed {
            sweep: 0,
            repeat: 0,
            fold: 0,
        };
        let identity = Identity::new(&Config::default(), seed, "data");
        let file = |number: usize| format!("events.out.tfevents.{number}");
        let checkpoint = Checkpoint {
            identity: identity.clone(),
            device: "cpu".to_owned(),
            state: TrainingState {
                epoch: 0,
                network: Vec::new(),
                optimizer: OptimizerMemory {
                    steps: 0,
                    momentum_product: 1.0,
                    lists: Vec::new(),
                },
                plateau: None,
                stopping: None,
                best_epoch: 0,
                best: None,
            },
            epochs: Vec::new(),
            seconds: 0.0,
            events: EventsMark {
                file: file(1),
                bytes: 0,
            },
        };
        for (before, after) in [
            (vec![1], vec![1]),
            (vec![1, 2], vec![2]),
            (vec![2], vec![2]),
        ] {
            let folder = tempfile::tempdir().unwrap();
            for &number in &before {
                std::fs::write(folder.path().join(file(number)), "").unwrap();
            }
            checkpoint.write(folder.path()).unwrap();
            assert!(Checkpoint::read(folder.path(), &identity).is_some());
            tidy(folder.path(), &identity).unwrap();
            let entries = std::fs::read_dir(folder.path()).unwrap();
            let mut left: Vec<String> = entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            left.sort();
            assert_eq!(left, after.into_iter().map(file).collect::<Vec<_>>());
        }
    }
}
