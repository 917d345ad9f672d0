//! The configuration of a trial.

use super::monitor::Monitor;
use super::schedule::{Schedule, ScheduleUnit};
use crate::metrics::Score;
use crate::spec::data::source::{Data, DatasetInfo};
use crate::spec::model::network::Model;
use crate::spec::values::config_value::string_enum;
use crate::spec::values::number::{Count, Fraction, NonNegative, Positive};

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

string_enum! {
    /// The optimizer.
    pub enum Optimizer {
        /// Stochastic gradient descent, with momentum if set (`torch.optim.SGD`).
        Sgd = "sgd",
        /// Adam (Kingma and Ba 2015; `torch.optim.Adam`).
        Adam = "adam",
        /// Adam with decoupled weight decay (Loshchilov and Hutter 2019;
        /// `torch.optim.AdamW`).
        AdamW = "adamw",
        /// Gradients divided by their recent root mean square (Hinton 2012;
        /// `torch.optim.RMSprop`).
        RmsProp = "rmsprop",
        /// Gradients divided by the root of the sum of their squares (Duchi et al. 2011;
        /// `torch.optim.Adagrad`).
        Adagrad = "adagrad",
        /// Adam with Nesterov's momentum (Dozat 2016; `torch.optim.NAdam`).
        NAdam = "nadam",
    }
}

/// The `training` section.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Training {
    /// Passes over the training samples; early stopping can end before.
    pub epochs: Count,
    /// Samples of one step; the last step of an epoch takes the remaining ones.
    pub batch_size: Count,
    /// The optimizer.
    pub optimizer: Optimizer,
    /// The learning rate, after a warm-up and before the schedule.
    pub learning_rate: Positive,
    /// Momentum of `sgd` and `rmsprop`.
    pub momentum: Fraction,
    /// Dampening of the momentum of `sgd`.
    pub dampening: Fraction,
    /// Whether `sgd` has Nesterov's momentum.
    pub nesterov: bool,
    /// Decay of Adam's mean of gradients.
    pub beta1: Fraction,
    /// Decay of Adam's mean of squared gradients.
    pub beta2: Fraction,
    /// Term that avoids a division by zero; `None` for the default of the optimizer.
    pub epsilon: Option<Positive>,
    /// Decay of RMSprop's mean of squared gradients.
    pub alpha: Fraction,
    /// Whether RMSprop divides by the standard deviation of the gradients, not by their root mean
    /// square.
    pub centered: bool,
    /// Decay of NAdam's momentum.
    pub momentum_decay: NonNegative,
    /// Decay of Adagrad's learning rate.
    pub learning_rate_decay: NonNegative,
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
            optimizer: Optimizer::Sgd,
            learning_rate: Positive::constant(0.01),
            momentum: Fraction::constant(0.0),
            dampening: Fraction::constant(0.0),
            nesterov: false,
            beta1: Fraction::constant(0.9),
            beta2: Fraction::constant(0.999),
            epsilon: None,
            alpha: Fraction::constant(0.99),
            centered: false,
            momentum_decay: NonNegative::constant(0.004),
            learning_rate_decay: NonNegative::constant(0.0),
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

    /// The weight decay: the value that is set, or PyTorch's default for the optimizer.
    pub fn weight_decay(&self) -> f64 {
        match (self.weight_decay, self.optimizer) {
            (Some(decay), _) => decay.get(),
            (None, Optimizer::AdamW) => 0.01,
            (None, _) => 0.0,
        }
    }

    /// The term that avoids a division by zero: the value that is set, or PyTorch's default for the
    /// optimizer.
    pub fn epsilon(&self) -> f64 {
        match (self.epsilon, self.optimizer) {
            (Some(epsilon), _) => epsilon.get(),
            (None, Optimizer::Adagrad) => 1e-10,
            (None, _) => 1e-8,
        }
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
