//! One trial's whole configuration.

use super::data::{Data, Facts};
use super::node::{Node, Yaml};
use super::number::{Count, Fraction, NonNegative, Positive};
use super::problem::Problem;
use super::schedule::{Schedule, ScheduleUnit};
use super::setting::{Setting, choice};
use serde_json::{Value, json};

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
    pub facts: Facts,
}

choice! {
    /// The kind of network.
    pub enum ModelKind {
        /// Fully connected layers.
        Mlp = "mlp",
    }
}

choice! {
    /// The function after each hidden layer.
    pub enum Activation {
        /// max(0, x).
        Relu = "relu",
        /// The hyperbolic tangent.
        Tanh = "tanh",
        /// 1 / (1 + e⁻ˣ).
        Sigmoid = "sigmoid",
    }
}

/// The widths of the hidden layers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    /// Every hidden layer has this many units.
    Same(Count),
    /// One width for each hidden layer.
    Each(Vec<Count>),
}

/// The most hidden layers a model may have.
pub(super) const MOST_LAYERS: usize = 100;

impl Setting for Width {
    fn expects() -> String {
        "a width, or a list with one width for each hidden layer".to_owned()
    }
    fn read(node: &Node) -> Result<Self, Problem> {
        match &node.value {
            Yaml::Integer(_) => Count::read(node).map(Self::Same),
            Yaml::List(items) if (1..=MOST_LAYERS).contains(&items.len()) => items
                .iter()
                .map(Count::read)
                .collect::<Result<_, _>>()
                .map(Self::Each),
            _ => Err(node.unexpected(&Self::expects())),
        }
    }
    fn show(&self) -> Value {
        match self {
            Self::Same(width) => width.show(),
            Self::Each(widths) => widths.iter().map(Setting::show).collect(),
        }
    }
    fn schema() -> Value {
        json!({ "anyOf": [Count::schema(), {
            "type": "array", "items": Count::schema(), "minItems": 1, "maxItems": MOST_LAYERS,
        }] })
    }
}

/// What is trained.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Model {
    /// The kind of network.
    pub kind: ModelKind,
    /// Hidden layers; left out, it is 1, or as many as `width` lists.
    pub layers: Option<Count>,
    /// Units of each hidden layer.
    pub width: Width,
    /// The function after each hidden layer.
    pub activation: Activation,
    /// Probability of a unit being dropped, after each hidden activation.
    pub dropout: Fraction,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            kind: ModelKind::Mlp,
            layers: None,
            width: Width::Same(Count::constant(128)),
            activation: Activation::Relu,
            dropout: Fraction::constant(0.0),
        }
    }
}

impl Model {
    /// The width of each hidden layer, from the input side.
    pub fn hidden_widths(&self) -> Vec<usize> {
        match &self.width {
            Width::Same(width) => vec![width.get(); self.layers.map_or(1, Count::get)],
            Width::Each(widths) => widths.iter().map(|width| width.get()).collect(),
        }
    }
}

choice! {
    /// How weights follow their gradients.
    pub enum Optimizer {
        /// Stochastic gradient descent, with momentum if set (`torch.optim.SGD`).
        Sgd = "sgd",
        /// Adam (Kingma and Ba 2015; `torch.optim.Adam`).
        Adam = "adam",
    }
}

/// How a model is trained.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Training {
    /// Passes over the training samples.
    pub epochs: Count,
    /// Samples of one step; the last step of an epoch takes what is left.
    pub batch_size: Count,
    /// How weights follow their gradients.
    pub optimizer: Optimizer,
    /// The learning rate at the start (after a warm-up).
    pub learning_rate: Positive,
    /// Momentum of `sgd`.
    pub momentum: Fraction,
    /// Nesterov's form of the momentum of `sgd`.
    pub nesterov: bool,
    /// Decay of Adam's mean of gradients.
    pub beta1: Fraction,
    /// Decay of Adam's mean of squared gradients.
    pub beta2: Fraction,
    /// Adam's term against division by zero.
    pub epsilon: Positive,
    /// L2 penalty, added to the gradient as PyTorch does.
    pub weight_decay: NonNegative,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// What `schedule` and `warmup` count.
    pub schedule_unit: ScheduleUnit,
    /// Units of linear warm-up before the schedule starts; 0 for none.
    pub warmup: u64,
    /// The fraction of the learning rate at which the warm-up starts (PyTorch: 1/3).
    pub warmup_start: Positive,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            epochs: Count::constant(10),
            batch_size: Count::constant(64),
            optimizer: Optimizer::Sgd,
            learning_rate: Positive::constant(0.01),
            momentum: Fraction::constant(0.0),
            nesterov: false,
            beta1: Fraction::constant(0.9),
            beta2: Fraction::constant(0.999),
            epsilon: Positive::constant(1e-8),
            weight_decay: NonNegative::constant(0.0),
            schedule: Schedule::Constant,
            schedule_unit: ScheduleUnit::Epoch,
            warmup: 0,
            warmup_start: Positive::constant(1.0 / 3.0),
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
