//! What happens to one run, written into its folder.

use super::checkpoint::{CHECKPOINT_FILE, Checkpoint, remove_checkpoint};
use super::epochs::{EpochsFile, mend_epochs};
use super::result::RunResult;
use crate::metrics::{EpochMetrics, LayerValues};
use crate::plan::RunHash;
use crate::record::error::{RecordError, on};
use crate::record::fs::atomic::{is_abandoned_part, is_held_part, is_part, remove_file};
use crate::record::tensorboard::event_file::{
    EventFile, EventsMark, HParam, SessionStatus, is_abandoned_events, is_event_file,
};
use crate::record::tensorboard::graph::GraphNode;
use crate::spec::EventTiming;
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
    /// When what TensorBoard shows is written.
    pub events: EventTiming,
    /// Dense and convolution layers of the model.
    pub layers: usize,
    /// The model's graph.
    pub graph: Vec<GraphNode>,
}

/// The open records of one attempt at a run.
///
/// Other processes may try the same run, on machines that share the folder: nothing that one of them
/// may still be writing is removed before the run has its result, and the result that stands first
/// stays.
pub struct Recorder {
    folder: PathBuf,
    /// Nothing where none is asked for.
    events: Option<EventFile>,
    /// The table that each epoch is written into as it ends; nothing where it is written at the end.
    epochs: Option<EpochsFile>,
    layers: usize,
    /// The file of a result that was there before, of a run that is tried again.
    replaced: Option<Vec<u8>>,
}

impl Recorder {
    /// Starts the records of a run in `folder`; what attempts left there whose processes of this
    /// machine are no more is removed.
    ///
    /// `wall_time` is in seconds since 1970, here and in all other methods.
    ///
    /// # Errors
    /// Folders that cannot be written to, a full disk; here and in all other methods.
    pub fn start(folder: &Path, header: &RunHeader, wall_time: f64) -> Result<Self, RecordError> {
        std::fs::create_dir_all(folder).map_err(on("create the folder", folder))?;
        clear_abandoned(folder, None)?;
        let events = match header.events {
            EventTiming::None => None,
            EventTiming::Epoch | EventTiming::Final => {
                Some(begun_events(folder, header, wall_time)?)
            }
        };
        let mut begun = Self::with_events(folder, header, events, &[])?;
        begun.show()?;
        Ok(begun)
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
        // A run that had no event file so far may get one now.
        let is_first = mark.file.is_empty();
        let events = match header.events {
            EventTiming::None => None,
            _ if is_first => Some(begun_events(folder, header, wall_time)?),
            _ => match EventFile::resume(folder, mark, wall_time)? {
                Some(events) => Some(events),
                None => return Ok(None),
            },
        };
        // The old file stays until the run has ended or is saved again: without it, this
        // checkpoint would be worth nothing.
        clear_abandoned(folder, Some(&mark.file))?;
        let mut resumed = Self::with_events(folder, header, events, &checkpoint.epochs)?;
        if is_first {
            for metrics in &checkpoint.epochs {
                resumed.scalars(metrics, wall_time)?;
            }
        }
        Ok(Some(resumed))
    }

    fn with_events(
        folder: &Path,
        header: &RunHeader,
        events: Option<EventFile>,
        epochs: &[EpochMetrics],
    ) -> Result<Self, RecordError> {
        Ok(Self {
            folder: folder.to_owned(),
            events,
            epochs: match header.events {
                EventTiming::Epoch => Some(EpochsFile::start(folder, header.layers, epochs)?),
                EventTiming::Final | EventTiming::None => None,
            },
            layers: header.layers,
            replaced: replaced(folder),
        })
    }

    /// How far the event file has been written, once all of that has reached the disk.
    pub fn mark(&mut self) -> Result<EventsMark, RecordError> {
        match &mut self.events {
            Some(events) => events.mark(),
            None => Ok(EventsMark::none()),
        }
    }

    /// Writes a checkpoint; the event file of an earlier attempt has no use any more.
    pub fn save(&self, checkpoint: &Checkpoint) -> Result<(), RecordError> {
        checkpoint.write(&self.folder)?;
        clear_abandoned(&self.folder, None)
    }

    /// The final result of this run that another process has written since the attempt began, if
    /// one has.
    pub fn overtaken(&self, identity: &RunHash) -> Option<RunResult> {
        let bytes = RunResult::bytes_in(&self.folder)?;
        let there = RunResult::from_bytes(&bytes)?;
        let is_of_run = there.identity == *identity && !there.is_to_be_retried();
        (is_of_run && self.replaced.as_ref() != Some(&bytes)).then_some(there)
    }

    /// Gives up an attempt at a run that has this result, of another process.
    ///
    /// # Errors
    /// Files that cannot be removed, a full disk.
    pub fn give_way(self, result: &RunResult) -> Result<(), RecordError> {
        if let Some(events) = &self.events {
            remove_file(events.path())?;
        }
        give_way(&self.folder, self.layers, result)
    }

    /// Records an epoch.
    ///
    /// # Errors
    /// A full disk and the like.
    pub fn epoch(&mut self, metrics: &EpochMetrics, wall_time: f64) -> Result<(), RecordError> {
        self.scalars(metrics, wall_time)?;
        match &mut self.epochs {
            Some(epochs) => epochs.row(metrics).and_then(|()| self.show()),
            None => Ok(()),
        }
    }

    /// Puts an epoch into the event file.
    fn scalars(&mut self, metrics: &EpochMetrics, wall_time: f64) -> Result<(), RecordError> {
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
        match &mut self.events {
            Some(events) => events.scalars(&scalars, step(metrics.epoch), wall_time),
            None => Ok(()),
        }
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
        if let Some(events) = &mut self.events {
            events.layers(layers, step(epoch), wall_time)?;
        }
        match self.epochs {
            Some(_) => self.show(),
            None => Ok(()),
        }
    }

    /// Lets TensorBoard see what there is.
    fn show(&mut self) -> Result<(), RecordError> {
        self.events.as_mut().map_or(Ok(()), EventFile::flush)
    }

    /// Ends the records; the result is the last thing that appears, and names its event file.
    ///
    /// Another process may have written the result of this run meanwhile: then that one stands.
    /// Returned is the result that does.
    ///
    /// # Errors
    /// A full disk and the like.
    pub fn finish(
        mut self,
        mut result: RunResult,
        wall_time: f64,
    ) -> Result<RunResult, RecordError> {
        let mut scalars = Vec::new();
        if let Some(validation) = &result.validation {
            scalars.push(("Metrics/val_macro_f1", validation.macro_f1));
        }
        if let Some(test) = &result.test {
            scalars.push(("Loss/test", test.loss));
            scalars.push(("Accuracy/test", test.accuracy));
            scalars.push(("Metrics/test_macro_f1", test.macro_f1));
        }
        let status = match result.failure {
            None => SessionStatus::Success,
            Some(_) => SessionStatus::Failure,
        };
        // Held until the result, which names it, is there: what is free and unnamed is abandoned.
        let mut held = None;
        if let Some(mut events) = self.events.take() {
            let step = step(result.final_epoch.unwrap_or(0));
            events.scalars(&scalars, step, wall_time)?;
            events.session_end(status, wall_time)?;
            result.events = Some(events.name().to_owned());
            held = Some(events.close()?);
        }
        match self.epochs.take() {
            Some(epochs) => epochs.close(self.layers, &result.epochs)?,
            None => mend_epochs(&self.folder, self.layers, &result.epochs)?,
        }
        let there = result.publish(&self.folder, self.replaced.as_deref())?;
        drop(held);
        let Some(there) = there else {
            remove_leftovers(&self.folder, &result)?;
            return Ok(result);
        };
        if let Some(events) = &result.events {
            remove_file(&self.folder.join(events))?;
        }
        give_way(&self.folder, self.layers, &there)?;
        Ok(there)
    }
}

/// The file of the result that an attempt is to replace: that of a run that failed. One that
/// finished while the attempt began stands.
fn replaced(folder: &Path) -> Option<Vec<u8>> {
    let bytes = RunResult::bytes_in(folder)?;
    let is_final = RunResult::from_bytes(&bytes).is_some_and(|result| result.failure.is_none());
    (!is_final).then_some(bytes)
}

/// Puts a run's folder in order for a result of another process.
fn give_way(folder: &Path, layers: usize, result: &RunResult) -> Result<(), RecordError> {
    // This attempt's table may stand there, whose seconds are others, and its checkpoint.
    mend_epochs(folder, layers, &result.epochs)?;
    remove_leftovers(folder, result)
}

/// An event file with what is known of a run before it starts.
fn begun_events(
    folder: &Path,
    header: &RunHeader,
    wall_time: f64,
) -> Result<EventFile, RecordError> {
    let mut events = EventFile::create(folder, wall_time)?;
    events.session_start(&header.group, &header.hparams, wall_time)?;
    events.text("configuration", &header.configuration, wall_time)?;
    events.text("Hardware/GPU", &header.hardware, wall_time)?;
    events.graph(&header.graph, wall_time)?;
    Ok(events)
}

/// Removes from the folder of a run that has its result what attempts at it have left: checkpoints,
/// what was never finished, and all event files but the one that the result names.
///
/// A process that still tries the same run finds the result when it ends, and gives up.
///
/// # Errors
/// Files that cannot be removed.
pub fn remove_leftovers(folder: &Path, result: &RunResult) -> Result<(), RecordError> {
    let events = match &result.events {
        Some(name) => Some(name.clone()).filter(|name| folder.join(name).exists()),
        // A result of an earlier version: the checkpoint tells which event file is the old one.
        None => return tidy_unnamed(folder, &result.identity),
    };
    for name in names_in(folder)? {
        let is_old = is_event_file(&name) && events.as_ref().is_some_and(|e| *e != name);
        let path = folder.join(&name);
        let is_old = is_old || is_part(&name) && !is_held_part(&path);
        if is_old || name == CHECKPOINT_FILE {
            remove_file(&folder.join(name))?;
        }
    }
    Ok(())
}

fn tidy_unnamed(folder: &Path, identity: &RunHash) -> Result<(), RecordError> {
    if let Some(checkpoint) = Checkpoint::read(folder, identity) {
        // A run that has not been saved since it went on has written a file of its own.
        let marked = checkpoint.events.file;
        let is_event_name = |name: &String| is_event_file(name);
        let events: Vec<String> = names_in(folder)?
            .into_iter()
            .filter(is_event_name)
            .collect();
        if events.iter().any(|name| *name != marked) && events.contains(&marked) {
            remove_file(&folder.join(marked))?;
        }
    }
    remove_checkpoint(folder)
}

/// Removes the event files, but the one of this name, and the unfinished files of processes of this
/// machine that are no more.
fn clear_abandoned(folder: &Path, kept: Option<&str>) -> Result<(), RecordError> {
    let mut abandoned = Vec::new();
    for name in names_in(folder)? {
        let path = folder.join(&name);
        let is_abandoned = || is_abandoned_events(&path) || is_abandoned_part(&path);
        if kept != Some(name.as_str()) && is_abandoned() {
            abandoned.push(name);
        }
    }
    if abandoned.is_empty() {
        return Ok(());
    }
    // Read afterwards: who writes a result holds its event file until the result is there.
    let named = match RunResult::read_any(folder) {
        None => None,
        Some(result) => match result.events {
            // It names none: any may be its own.
            None => return Ok(()),
            named => named,
        },
    };
    for name in abandoned.iter().filter(|name| named.as_ref() != Some(name)) {
        remove_file(&folder.join(name))?;
    }
    Ok(())
}

/// The names of all in a run's folder. Names of ours are text.
fn names_in(folder: &Path) -> Result<Vec<String>, RecordError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(on("read the folder", folder))? {
        let name = entry.map_err(on("read the folder", folder))?.file_name();
        names.extend(name.into_string());
    }
    Ok(names)
}

/// An epoch as a step of TensorBoard.
fn step(epoch: usize) -> i64 {
    i64::try_from(epoch).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::plausibility;
    use super::*;
    use crate::random::Seed;
    use crate::spec::Config;
    use crate::training_state::{SavedOptimizer, TrainingState};

    #[test]
    fn what_a_killed_process_left_of_an_ended_run_goes_but_never_its_only_events() {
        let seed = Seed {
            sweep: 0,
            repeat: 0,
            fold: 0,
        };
        let identity = RunHash::new(&Config::default(), seed, "data");
        let file = |number: usize| format!("events.out.tfevents.{number}");
        let checkpoint = Checkpoint {
            identity: identity.clone(),
            device: "cpu".to_owned(),
            state: TrainingState {
                epoch: 0,
                network: Vec::new(),
                optimizer: SavedOptimizer {
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
        for (before, named, after) in [
            // Results of earlier versions name no event file.
            (vec![1], None, vec![1]),
            (vec![1, 2], None, vec![2]),
            (vec![2], None, vec![2]),
            // One that was copied without its event file keeps those that are there.
            (vec![1], Some(2), vec![1]),
            (vec![1, 2, 3], Some(2), vec![2]),
        ] {
            let folder = tempfile::tempdir().unwrap();
            for &number in &before {
                std::fs::write(folder.path().join(file(number)), "").unwrap();
            }
            checkpoint.write(folder.path()).unwrap();
            assert!(Checkpoint::read(folder.path(), &identity).is_some());
            let result = RunResult {
                identity: identity.clone(),
                events: named.map(file),
                ..plausibility::tests::result()
            };
            remove_leftovers(folder.path(), &result).unwrap();
            let entries = std::fs::read_dir(folder.path()).unwrap();
            let mut left: Vec<String> = entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            left.sort();
            assert_eq!(left, after.into_iter().map(file).collect::<Vec<_>>());
        }
    }
}
