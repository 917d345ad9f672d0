//! One trial's whole configuration.

use super::schedule::{Schedule, ScheduleUnit};
use crate::spec::data::source::{Data, DatasetInfo};
use crate::spec::model::network::Model;
use crate::spec::values::config_value::string_enum;
use crate::spec::values::number::{Count, Fraction, NonNegative, Positive};

/// Everything that decides what a trial is. Defaults are PyTorch's where PyTorch has one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Config {
    /// What is learnt from.
    pub data: Data,
    /// What is trained.
    pub model: Model,
    /// How it is trained.
    pub training: Training,
    /// How it is judged.
    pub validation: Validation,
    /// What is known of the data set; no key, but filled in from it.
    pub dataset_info: DatasetInfo,
}

string_enum! {
    /// How weights follow their gradients.
    pub enum Optimizer {
        /// Stochastic gradient descent, with momentum if set (`torch.optim.SGD`).
        Sgd = "sgd",
        /// Adam (Kingma and Ba 2015; `torch.optim.Adam`).
        Adam = "adam",
        /// Adam with the weight decay apart from the gradient (Loshchilov and Hutter 2019;
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

string_enum! {
    /// A validation metric that training itself watches.
    pub enum Monitor {
        /// The validation loss; lower is better.
        ValLoss = "val_loss",
        /// The validation accuracy; higher is better.
        ValAccuracy = "val_accuracy",
    }
}

/// How a model is trained.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Training {
    /// Passes over the training samples; fewer where it stops early.
    pub epochs: Count,
    /// Samples of one step; the last step of an epoch takes what is left.
    pub batch_size: Count,
    /// How weights follow their gradients.
    pub optimizer: Optimizer,
    /// The learning rate at the start (after a warm-up).
    pub learning_rate: Positive,
    /// Momentum of `sgd` and `rmsprop`.
    pub momentum: Fraction,
    /// Dampening of the momentum of `sgd`.
    pub dampening: Fraction,
    /// Nesterov's form of the momentum of `sgd`.
    pub nesterov: bool,
    /// Decay of Adam's mean of gradients.
    pub beta1: Fraction,
    /// Decay of Adam's mean of squared gradients.
    pub beta2: Fraction,
    /// The term against division by zero; left out, PyTorch's for the optimizer.
    pub epsilon: Option<Positive>,
    /// Decay of RMSprop's mean of squared gradients.
    pub alpha: Fraction,
    /// RMSprop divides by the gradients' deviation instead of their root mean square.
    pub centered: bool,
    /// Decay of NAdam's momentum.
    pub momentum_decay: NonNegative,
    /// Decay of Adagrad's learning rate.
    pub learning_rate_decay: NonNegative,
    /// L2 penalty as PyTorch's optimizer has it; left out, PyTorch's default for the optimizer.
    pub weight_decay: Option<NonNegative>,
    /// L1 penalty: this times the sign of each parameter is added to its gradient.
    pub l1: NonNegative,
    /// The share of each target that is spread over all classes.
    pub label_smoothing: Fraction,
    /// The largest absolute value of a gradient's element.
    pub clip_value: Option<Positive>,
    /// The largest norm of all gradients together.
    pub clip_norm: Option<Positive>,
    /// The largest norm of the weights into one unit.
    pub max_norm: Option<Positive>,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// What `schedule` and `warmup` count.
    pub schedule_unit: ScheduleUnit,
    /// Units of linear warm-up before the schedule starts; 0 for none.
    pub warmup: u64,
    /// The fraction of the learning rate at which the warm-up starts (PyTorch: 1/3).
    pub warmup_start: Positive,
    /// What early stopping and the schedule `plateau` watch.
    pub monitor: Monitor,
    /// Epochs without improvement after which training stops; left out, it never does.
    pub patience: Option<Count>,
    /// The least change that early stopping takes for an improvement.
    pub min_delta: NonNegative,
    /// Whether a run that may stop early ends with the parameters of its best epoch.
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
            monitor: Monitor::ValLoss,
            patience: None,
            min_delta: NonNegative::constant(0.0),
            restore_best: true,
        }
    }
}

impl Training {
    /// The weight decay: what is set, or PyTorch's default for the optimizer.
    pub fn weight_decay(&self) -> f64 {
        match (self.weight_decay, self.optimizer) {
            (Some(decay), _) => decay.get(),
            (None, Optimizer::AdamW) => 0.01,
            (None, _) => 0.0,
        }
    }

    /// The term against division by zero: what is set, or PyTorch's default for the optimizer.
    pub fn epsilon(&self) -> f64 {
        match (self.epsilon, self.optimizer) {
            (Some(epsilon), _) => epsilon.get(),
            (None, Optimizer::Adagrad) => 1e-10,
            (None, _) => 1e-8,
        }
    }
}

/// How a trial is judged.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Validation {
    /// Folds of cross-validation.
    pub folds: Option<Count>,
    /// Fraction of the training samples held out for validation, in the place of folds;
    /// 0 trains on all of them, without a validation score.
    pub holdout: Option<Fraction>,
    /// Keep the classes' shares in every split.
    pub stratified: bool,
    /// The seed of every random number: splits, initial weights, batch order, dropout.
    pub seed: u64,
    /// How often each trial is repeated with other random numbers.
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
    /// One split, with this fraction held out; 0 holds nothing out.
    Holdout(f64),
}

impl Validation {
    /// The fraction held out where the file says neither `folds` nor `holdout`.
    pub const DEFAULT_HOLDOUT: f64 = 0.1;

    /// How the training samples are split.
    pub fn split(&self) -> Split {
        match (self.folds, self.holdout) {
            (Some(folds), _) => Split::Folds(folds.get()),
            (None, Some(holdout)) => Split::Holdout(holdout.get()),
            (None, None) => Split::Holdout(Self::DEFAULT_HOLDOUT),
        }
    }

    /// Splits of one repeat: the number of folds, or 1.
    pub fn splits(&self) -> usize {
        match self.split() {
            Split::Folds(folds) => folds,
            Split::Holdout(_) => 1,
        }
    }
}
