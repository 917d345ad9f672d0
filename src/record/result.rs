//! `result.json`: the result of a complete run.

use super::atomic::write_atomically;
use super::error::RecordError;
use super::sound::is_sound;
use crate::event::{EpochMetrics, Evaluated, Failure};
use crate::plan::Identity;
use crate::reading::read_file;
use serde::{Deserialize, Serialize};
use std::path::Path;

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
    pub identity: Identity,
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
    pub validation: Option<Evaluated>,
    /// The final model on the held-out test set.
    pub test: Option<Evaluated>,
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
    /// The whole configuration, for who reads the file. It is not read back: the identity says
    /// whether it is the one that is asked for.
    #[serde(skip_deserializing)]
    pub config: serde_json::Value,
}

/// The file: the result behind its format's version.
#[derive(Serialize, Deserialize)]
struct File<T> {
    format: u32,
    result: T,
}

impl RunResult {
    /// Writes the result into a run's folder; it appears whole or not at all.
    ///
    /// # Errors
    /// Folders that cannot be written to, a full disk.
    pub fn write(&self, folder: &Path) -> Result<(), RecordError> {
        write_atomically(&folder.join(RESULT_FILE), self.to_json().as_bytes())
    }

    /// The file's text.
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
    pub fn read(folder: &Path, identity: &Identity) -> Option<Self> {
        let text = read_file(&folder.join(RESULT_FILE), LARGEST).ok()?;
        Self::from_bytes(&text).filter(|result| result.identity == *identity)
    }

    /// The result in a file of these bytes, if they are one that a run can have given.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let file: File<Self> = serde_json::from_slice(bytes).ok()?;
        (file.format == FORMAT && is_sound(&file.result)).then_some(file.result)
    }
}
