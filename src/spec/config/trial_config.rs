//! The configuration of a trial.

use super::monitor::Monitor;
use super::schedule::{Schedule, ScheduleUnit};
use crate::metrics::Score;
use crate::optimizers::{OptimizerKeys, OptimizerKind};
use crate::spec::data::source::{Data, DatasetInfo};
use crate::spec::model::network::Model;
use crate::values::number::{Count, Fraction, NonNegative, Positive};

/// The configuration of a trial. Defaults are those of PyTorch, where it has any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Config {
    /// The data.
    pub data: Data,
    /// The model.
    pub model: Model,
    /// The training.
    pub training: Training,
    /// The validation.
    pub validation: Validation,
    /// Sizes of the data set. This is not a key: it comes from the data.
    pub dataset_info: DatasetInfo,
}

/// The `training` section.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Training {
    /// Passes over the training samples; early stopping can end before.
    pub epochs: Count,
    /// Samples of one step; the last step of an epoch takes the remaining ones.
    pub batch_size: Count,
    /// The optimizer.
    pub optimizer: OptimizerKind,
    /// The keys of optimizers that are set.
    pub optimizer_keys: OptimizerKeys,
    /// The learning rate, after a warm-up and before the schedule.
    pub learning_rate: Positive,
    /// L2 penalty as PyTorch's optimizer applies it; `None` for the default of the optimizer.
    pub weight_decay: Option<NonNegative>,
    /// L1 penalty: this times the sign of each parameter is added to its gradient.
    pub l1: NonNegative,
    /// The share of each target that is spread over all classes.
    pub label_smoothing: Fraction,
    /// The maximum absolute value of each element of a gradient.
    pub clip_value: Option<Positive>,
    /// The maximum norm of all gradients together.
    pub clip_norm: Option<Positive>,
    /// The maximum norm of the weights into one unit.
    pub max_norm: Option<Positive>,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// The unit of `schedule` and `warmup`.
    pub schedule_unit: ScheduleUnit,
    /// Units of linear warm-up before the schedule.
    pub warmup: u64,
    /// The fraction of the learning rate at which the warm-up starts (PyTorch: 1/3).
    pub warmup_start: Positive,
    /// The validation score that early stopping and the schedule `plateau` monitor.
    pub monitor: Monitor,
    /// Epochs without improvement after which training stops; `None` for no early stopping.
    pub patience: Option<Count>,
    /// The minimum change that early stopping counts as an improvement.
    pub min_delta: NonNegative,
    /// Whether a run with early stopping ends with the parameters of its best epoch.
    pub restore_best: bool,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            epochs: Count::constant(10),
            batch_size: Count::constant(64),
            optimizer: OptimizerKind::Sgd,
            optimizer_keys: OptimizerKeys::default(),
            learning_rate: Positive::constant(0.01),
            weight_decay: None,
            l1: NonNegative::constant(0.0),
            label_smoothing: Fraction::constant(0.0),
            clip_value: None,
            clip_norm: None,
            max_norm: None,
            schedule: Schedule::Constant {},
            schedule_unit: ScheduleUnit::Epoch,
            warmup: 0,
            warmup_start: Positive::constant(1.0 / 3.0),
            monitor: Monitor { score: Score::LOSS },
            patience: None,
            min_delta: NonNegative::constant(0.0),
            restore_best: true,
        }
    }
}

impl Training {
    /// The score that early stopping or the schedule monitors, if any of them does.
    pub fn monitored_score(&self) -> Option<Score> {
        let is_monitored =
            self.patience.is_some() || matches!(self.schedule, Schedule::Plateau { .. });
        is_monitored.then_some(self.monitor.score)
    }

    /// The weight decay: the value that is set, or the default of the optimizer.
    pub fn weight_decay(&self) -> f64 {
        let default = || self.optimizer.default_weight_decay();
        self.weight_decay.map_or_else(default, NonNegative::get)
    }
}

/// The `validation` section.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Validation {
    /// Folds of cross-validation.
    pub folds: Option<Count>,
    /// Fraction of the training samples to hold out for validation, instead of folds; 0 trains on all
    /// of them, without a validation score.
    pub holdout: Option<Fraction>,
    /// Whether every split keeps the proportions of the classes.
    pub stratified: bool,
    /// The seed of every random number, such as splits, initial weights, batch order and dropout.
    pub seed: u64,
    /// The number of times that each trial is repeated, with different random numbers.
    pub repeats: Count,
}

impl Default for Validation {
    fn default() -> Self {
        Self {
            folds: None,
            holdout: None,
            stratified: true,
            seed: 0,
            repeats: Count::constant(1),
        }
    }
}

/// How the training samples are split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Split {
    /// Cross-validation over this many folds.
    Folds(usize),
    /// One split that holds out this fraction; 0 means no validation samples.
    Holdout(f64),
}

impl Validation {
    /// The fraction to hold out if the sweep file sets neither `folds` nor `holdout`.
    pub const DEFAULT_HOLDOUT: f64 = 0.1;

    /// How the training samples are split.
    pub fn split(&self) -> Split {
        match (self.folds, self.holdout) {
            (Some(folds), _) => Split::Folds(folds.get()),
            (None, Some(holdout)) => Split::Holdout(holdout.get()),
            (None, None) => Split::Holdout(Self::DEFAULT_HOLDOUT),
        }
    }

    /// Splits per repeat: the number of folds, or 1.
    pub fn splits(&self) -> usize {
        match self.split() {
            Split::Folds(folds) => folds,
            Split::Holdout(_) => 1,
        }
    }
}
