//! `result.json`: the result of a complete run.

use super::plausibility::is_plausible;
use crate::bounded_io::read_file;
use crate::metrics::{EpochMetrics, EvalMetrics};
use crate::outcome::Failure;
use crate::plan::RunHash;
use crate::record::error::{RecordError, on};
use crate::record::fs::atomic::{write_atomically, write_before_result, write_new};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs::OpenOptions;
use std::path::Path;
use std::time::SystemTime;

/// The name of the file in a run's folder.
pub const RESULT_FILE: &str = "result.json";

/// The most bytes of the file: more than a million epochs.
const LARGEST: u64 = 512 << 20;

/// The version of the format; a reader takes a file of another version for no result.
const FORMAT: u32 = 2;

/// What a run gave. Written once, when the run is complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// What decided the numbers.
    pub identity: RunHash,
    /// The trial's name.
    pub trial: String,
    /// The repeat, from 0.
    pub repeat: u32,
    /// The fold, from 0.
    pub fold: u32,
    /// Why there are no final metrics, if so.
    pub failure: Option<Failure>,
    /// The epoch whose parameters are the final ones, counted from 1: the last, unless the run
    /// went back to its best.
    pub final_epoch: Option<usize>,
    /// The final model on the validation samples.
    pub validation: Option<EvalMetrics>,
    /// The final model on the held-out test set.
    pub test: Option<EvalMetrics>,
    /// The metrics of each finished epoch.
    pub epochs: Vec<EpochMetrics>,
    /// Mean time of one epoch's training steps, beside other runs, in seconds; its share of that
    /// of its cohort.
    pub seconds_per_epoch: Option<f64>,
    /// From start to end, in seconds; its share of that of its cohort.
    pub seconds: f64,
    /// Weights and biases.
    pub parameters: u64,
    /// Where it was trained, such as `cpu`.
    pub device: String,
    /// Cohorts that were trained beside each other on the device.
    pub workers: usize,
    /// Runs of its cohort, itself included.
    pub cohort: usize,
    /// The numbers that it was computed in, such as `float32`.
    pub precision: String,
    /// The name of its event file; nothing where it has none.
    #[serde(default)]
    pub events: Option<String>,
    /// The whole configuration, for who reads the file. It is not read back: the identity says
    /// whether it is the one that is asked for.
    #[serde(skip_deserializing)]
    pub config: Value,
}

/// The file: the result behind its format's version.
#[derive(Serialize, Deserialize)]
struct File<T> {
    format: u32,
    result: T,
}

impl RunResult {
    /// Writes the result into a run's folder, in the place of what is there; it appears whole or not
    /// at all.
    ///
    /// # Errors
    /// Folders that cannot be written to, a full disk.
    pub fn write(&self, folder: &Path) -> Result<(), RecordError> {
        write_atomically(&folder.join(RESULT_FILE), self.to_json().as_bytes())
    }

    /// Writes the result into a run's folder, unless another process has: then that one stands, and
    /// is returned. A result that is `replaced`, known by the bytes of its file, and a file that holds
    /// no result of this run are written over.
    ///
    /// # Errors
    /// Folders that cannot be written to, a full disk.
    pub(crate) fn publish(
        &self,
        folder: &Path,
        replaced: Option<&[u8]>,
    ) -> Result<Option<Self>, RecordError> {
        let path = folder.join(RESULT_FILE);
        let text = self.to_json();
        if write_new(&path, text.as_bytes())? {
            return Ok(None);
        }
        let there = Self::bytes_in(folder);
        // Over a network the answer to a call may be lost, and the call not.
        if there.as_deref() == Some(text.as_bytes()) {
            return Ok(None);
        }
        let is_replaced = there.as_deref() == replaced;
        let stands = |there: &Self| {
            let is_worse = there.is_to_be_retried() && !self.is_to_be_retried();
            there.identity == self.identity && !is_worse && !is_replaced
        };
        match there
            .and_then(|bytes| Self::from_bytes(&bytes))
            .filter(stands)
        {
            Some(there) => Ok(Some(there)),
            None => self.write(folder).map(|()| None),
        }
    }

    /// The file's text.
    #[expect(
        clippy::expect_used,
        reason = "what is written is our own value, which JSON can hold"
    )]
    pub fn to_json(&self) -> String {
        let file = File {
            format: FORMAT,
            result: self,
        };
        let mut text = serde_json::to_string_pretty(&file).expect("a result has only text keys");
        text.push('\n');
        text
    }

    /// The metrics of the epoch whose parameters are the final ones.
    pub fn final_metrics(&self) -> Option<&EpochMetrics> {
        let position = self.final_epoch?.checked_sub(1)?;
        self.epochs.get(position)
    }

    /// The first epoch after which the validation accuracy was at least `accuracy`, counted from
    /// 1; nothing where it never was.
    pub fn epochs_to(&self, accuracy: f64) -> Option<usize> {
        let reached = |epoch: &&EpochMetrics| epoch.val_accuracy.is_some_and(|a| a >= accuracy);
        self.epochs.iter().find(reached).map(|epoch| epoch.epoch)
    }

    /// Whether the run should be tried again: it crashed, which may have been the machine's fault.
    pub fn is_to_be_retried(&self) -> bool {
        matches!(self.failure, Some(Failure::Crashed { .. }))
    }

    /// The complete result in a run's folder, if there is one of this identity.
    ///
    /// A file that is missing, torn, of another version or of another configuration is none.
    pub fn read(folder: &Path, identity: &RunHash) -> Option<Self> {
        Self::read_any(folder).filter(|result| result.identity == *identity)
    }

    /// The complete result in a run's folder, of whatever configuration.
    pub(crate) fn read_any(folder: &Path) -> Option<Self> {
        Self::from_bytes(&Self::bytes_in(folder)?)
    }

    /// The bytes of the result file in a run's folder, whatever they say.
    pub(crate) fn bytes_in(folder: &Path) -> Option<Vec<u8>> {
        read_file(&folder.join(RESULT_FILE), LARGEST).ok()
    }

    /// The result in a file of these bytes, if they are one that a run can have given.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let file: File<Self> = serde_json::from_slice(bytes).ok()?;
        (file.format == FORMAT && is_plausible(&file.result)).then_some(file.result)
    }
}

/// Puts a trial's name into the result in a run's folder: the trial has another name now. The file
/// stays as old as it is.
///
/// # Errors
/// A file that cannot be read or written.
pub(crate) fn rename_trial(run_folder: &Path, trial: &str) -> Result<(), RecordError> {
    let path = run_folder.join(RESULT_FILE);
    let read = || -> std::io::Result<(Option<SystemTime>, Value)> {
        let modified = path.metadata()?.modified().ok();
        let file = serde_json::from_slice(&read_file(&path, LARGEST)?)?;
        Ok((modified, file))
    };
    let (modified, mut file) = read().map_err(on("read", &path))?;
    if let Some(name) = file.pointer_mut("/result/trial") {
        *name = trial.into();
    }
    let mut text = format!("{file:#}");
    text.push('\n');
    write_before_result(&path, text.as_bytes())?;
    if let (Some(modified), Ok(file)) = (modified, OpenOptions::new().write(true).open(&path)) {
        // A wrong time does no harm.
        let _ = file.set_modified(modified);
    }
    Ok(())
}

/// The configuration in the result in a run's folder, as it was written.
pub(crate) fn recorded_config(run_folder: &Path) -> Option<Value> {
    let text = read_file(&run_folder.join(RESULT_FILE), LARGEST).ok()?;
    let mut file: Value = serde_json::from_slice(&text).ok()?;
    Some(file.get_mut("result")?.get_mut("config")?.take())
}
