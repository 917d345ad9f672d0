//! The result of a run.

use crate::metrics::{EpochMetrics, Part, PartScore, Score, Scores};
use crate::outcome::Failure;
use crate::plan::RunHash;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The result of a run, written once, when the run has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// The hash of all that determines the numbers.
    #[serde(rename = "identity")]
    pub run_hash: RunHash,
    /// The name of the trial.
    pub trial: String,
    /// The repeat, counted from 0.
    pub repeat: u32,
    /// The fold, counted from 0.
    pub fold: u32,
    /// Why there are no final metrics; `None` for a run that finished.
    pub failure: Option<Failure>,
    /// The epoch of the final parameters, counted from 1: the last epoch, or the best one if the run
    /// restored it.
    pub final_epoch: Option<usize>,
    /// The scores of the final model on the validation samples.
    pub validation: Option<Scores>,
    /// The scores of the final model on the test set.
    pub test: Option<Scores>,
    /// The metrics of each finished epoch.
    pub epochs: Vec<EpochMetrics>,
    /// Mean time of the training steps of one epoch, in seconds, measured while other runs train: the
    /// time of the cohort divided by its members.
    pub seconds_per_epoch: Option<f64>,
    /// Time from start to end, in seconds: the time of the cohort divided by its members.
    pub seconds: f64,
    /// Number of trainable parameters.
    pub parameters: u64,
    /// The device that trained it, such as `cpu`.
    pub device: String,
    /// Cohorts that trained at the same time on the device.
    pub workers: usize,
    /// Runs in its cohort, including itself.
    pub cohort: usize,
    /// The number format of the computation, such as `float32`.
    pub precision: String,
    /// The name of its event file; `None` if it has none.
    #[serde(default)]
    pub events: Option<String>,
    /// The complete configuration, for human readers. It is not read back: the run hash identifies the
    /// configuration.
    #[serde(skip_deserializing)]
    pub config: Value,
}

impl RunResult {
    /// The metrics of the epoch of the final parameters.
    pub fn final_metrics(&self) -> Option<&EpochMetrics> {
        let position = self.final_epoch?.checked_sub(1)?;
        self.epochs.get(position)
    }

    /// A score of the final model, or that of its epoch on the training samples.
    pub fn score(&self, PartScore { part, score }: PartScore) -> Option<f64> {
        match part {
            Part::Training => self.final_metrics()?.training.get(score),
            Part::Validation => self.validation.as_ref()?.get(score),
            Part::Test => self.test.as_ref()?.get(score),
        }
    }

    /// A score on the validation samples; `None` if nothing is held out for validation.
    pub(crate) fn validation_score(&self, score: Score) -> Option<f64> {
        self.score(Part::Validation.score(score))
    }

    /// The first epoch, counted from 1, with a validation accuracy of at least `accuracy`; `None` if
    /// there is none.
    pub fn epochs_to_accuracy(&self, accuracy: f64) -> Option<usize> {
        let reached = |epoch: &&EpochMetrics| {
            let reached = epoch.validation.accuracy();
            reached.is_some_and(|reached| reached >= accuracy)
        };
        self.epochs.iter().find(reached).map(|epoch| epoch.epoch)
    }

    /// Whether the run should be trained again: it crashed, possibly because of the machine.
    pub fn should_retry(&self) -> bool {
        matches!(self.failure, Some(Failure::Crashed { .. }))
    }
}
