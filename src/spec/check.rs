//! What only several keys together can get wrong.

use super::config::{Config, Optimizer, Split};
use super::key::Key;
use super::model::{MOST_LAYERS, ModelKind, Norm, Pooling, Width};
use super::number::{Count, Fraction, NonNegative, Positive};
use super::schedule::{Schedule, ScheduleUnit};

/// Two or more keys that do not go together.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The keys, the one to point at first.
    pub keys: &'static [&'static str],
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: String,
}

/// The most parameters a model may have: 4 GB of weights in 32-bit floats.
pub const MOST_PARAMETERS: u64 = 1_000_000_000;

/// The most numbers that a batch may be within a model: 4 GB in 32-bit floats.
pub const MOST_NUMBERS: u64 = 1_000_000_000;

/// The fewest samples of a forward pass without training.
pub const SMALLEST_PASS: usize = 16;

/// The largest height and width of a convolution's kernel.
const LARGEST_KERNEL: usize = 31;

/// Keys that only some optimizers have, with the key that decides.
const OPTIMIZER_KEYS: &[(&[&str], &[Optimizer])] = &[
    (
        &["training.momentum", "training.optimizer"],
        &[Optimizer::Sgd, Optimizer::RmsProp],
    ),
    (
        &["training.dampening", "training.optimizer"],
        &[Optimizer::Sgd],
    ),
    (
        &["training.nesterov", "training.optimizer"],
        &[Optimizer::Sgd],
    ),
    (&["training.beta1", "training.optimizer"], ADAMS),
    (&["training.beta2", "training.optimizer"], ADAMS),
    (
        &["training.epsilon", "training.optimizer"],
        &[
            Optimizer::Adam,
            Optimizer::AdamW,
            Optimizer::NAdam,
            Optimizer::RmsProp,
            Optimizer::Adagrad,
        ],
    ),
    (
        &["training.alpha", "training.optimizer"],
        &[Optimizer::RmsProp],
    ),
    (
        &["training.centered", "training.optimizer"],
        &[Optimizer::RmsProp],
    ),
    (
        &["training.momentum_decay", "training.optimizer"],
        &[Optimizer::NAdam],
    ),
    (
        &["training.learning_rate_decay", "training.optimizer"],
        &[Optimizer::Adagrad],
    ),
];

const ADAMS: &[Optimizer] = &[Optimizer::Adam, Optimizer::AdamW, Optimizer::NAdam];

/// Keys that only a convolutional network has, with the key that decides.
const CNN_KEYS: &[&[&str]] = &[
    &["model.channels", "model.kind"],
    &["model.kernel_size", "model.kind"],
    &["model.pooling", "model.kind"],
    &["model.block_dropout", "model.kind"],
];

impl Config {
    /// Samples to train and validate on.
    pub fn samples(&self) -> usize {
        let all = self.facts.training_samples;
        self.data.limit.map_or(all, |limit| limit.get().min(all))
    }

    /// Numbers of one sample.
    pub fn features(&self) -> usize {
        self.facts.features
    }

    /// Classes to tell apart.
    pub fn classes(&self) -> usize {
        self.facts.classes
    }

    /// Height, width and channels of a sample that is an image.
    pub fn image(&self) -> Option<[usize; 3]> {
        self.facts.image
    }

    /// Samples of the held-out test part.
    pub fn test_samples(&self) -> usize {
        self.facts.test_samples
    }

    /// Samples held out for validation in the split of the given index.
    pub fn validation_samples(&self, split: usize) -> usize {
        let samples = self.samples();
        match self.validation.split() {
            // The first folds take one more where the division leaves a rest.
            Split::Folds(folds) => samples / folds + usize::from(split < samples % folds),
            Split::Holdout(fraction) => (samples as f64 * fraction).round() as usize,
        }
    }

    /// Optimizer steps of one epoch, in the split that trains on the fewest samples.
    fn steps_per_epoch(&self) -> usize {
        let held_out = match self.validation.split() {
            Split::Holdout(0.0) => 0,
            _ => self.validation_samples(0),
        };
        let trained = self.samples().saturating_sub(held_out);
        trained.div_ceil(self.training.batch_size.get())
    }

    /// Checks what only several keys together can get wrong.
    ///
    /// # Errors
    /// The first conflict found.
    pub fn check(&self) -> Result<(), Conflict> {
        self.data.check_against(&self.facts)?;
        self.check_model()?;
        self.check_training()?;
        self.check_split()
    }

    fn check_model(&self) -> Result<(), Conflict> {
        if let Some(layers) = self.model.layers
            && layers.get() > MOST_LAYERS
        {
            return Err(Conflict {
                keys: &["model.layers"],
                message: format!("{} hidden layers are too many", layers.get()),
                help: format!("at most {MOST_LAYERS}"),
            });
        }
        if let (Some(layers), Width::Each(widths)) = (self.model.layers, &self.model.width)
            && layers.get() != widths.len()
        {
            return Err(Conflict {
                keys: &["model.width", "model.layers"],
                message: format!(
                    "model.width lists {} widths, but model.layers is {}",
                    widths.len(),
                    layers.get()
                ),
                help: "leave model.layers out, list one width for each layer, or `exclude` this \
                       combination"
                    .to_owned(),
            });
        }
        if self.model.norm == Norm::Batch && self.training.batch_size.get() == 1 {
            return Err(Conflict {
                keys: &["training.batch_size", "model.norm"],
                message: "a batch norm of one sample leaves nothing of it".to_owned(),
                help: "set a larger training.batch_size, or model.norm: layer".to_owned(),
            });
        }
        self.check_convolutions()?;
        let stages = self.stages();
        let counts = stages.iter().map(|stage| stage.parameters());
        let parameters = counts.fold(0, u64::saturating_add);
        if parameters > MOST_PARAMETERS {
            return Err(Conflict {
                keys: &["model.width", "model.layers", "model.channels"],
                message: format!("the model would have {parameters} parameters"),
                help: format!("at most {MOST_PARAMETERS}: choose fewer or narrower layers"),
            });
        }
        // All of them are kept from the forward to the backward pass.
        let widths = stages.iter().map(|stage| stage.widest() as u64);
        let sample = widths.fold(0, u64::saturating_add);
        let samples = self.samples().min(self.training.batch_size.get());
        let numbers = sample.saturating_mul(samples.max(SMALLEST_PASS) as u64);
        if numbers > MOST_NUMBERS {
            return Err(Conflict {
                keys: &["training.batch_size", "model.width", "model.channels"],
                message: format!(
                    "a batch of {samples} samples would be {numbers} numbers within the model"
                ),
                help: format!("at most {MOST_NUMBERS}: choose smaller batches or narrower layers"),
            });
        }
        Ok(())
    }

    fn check_convolutions(&self) -> Result<(), Conflict> {
        let model = &self.model;
        if model.kernel_size.get().is_multiple_of(2) || model.kernel_size.get() > LARGEST_KERNEL {
            return Err(Conflict {
                keys: &["model.kernel_size"],
                message: format!(
                    "a kernel of size {} is not supported",
                    model.kernel_size.get()
                ),
                help: format!("an odd size up to {LARGEST_KERNEL}, such as 3"),
            });
        }
        if model.kind != ModelKind::Cnn {
            return Ok(());
        }
        let Some([height, width, _]) = self.image() else {
            return Err(Conflict {
                keys: &["model.kind", "data.set"],
                message: format!("a cnn needs images, and {} has none", self.data.set),
                help: "set model.kind: mlp".to_owned(),
            });
        };
        let blocks = model.block_channels().len();
        let halvings = height.min(width).ilog2() as usize;
        if model.pooling != Pooling::None && blocks > halvings {
            return Err(Conflict {
                keys: &["model.channels", "model.pooling"],
                message: format!("{blocks} blocks halve an image of {height} × {width} to nothing"),
                help: format!("at most {halvings} blocks, or model.pooling: none"),
            });
        }
        Ok(())
    }

    fn check_training(&self) -> Result<(), Conflict> {
        let training = &self.training;
        self.check_owners()?;
        if training.nesterov && (training.momentum.get() == 0.0 || training.dampening.get() > 0.0) {
            return Err(Conflict {
                keys: &[
                    "training.nesterov",
                    "training.momentum",
                    "training.dampening",
                ],
                message: "training.nesterov needs a training.momentum greater than 0 and no \
                          training.dampening"
                    .to_owned(),
                help: "set training.momentum, for example to 0.9".to_owned(),
            });
        }
        if training.warmup_start.get() > 1.0 {
            return Err(Conflict {
                keys: &["training.warmup_start"],
                message: "a warm-up starts at a part of the learning rate, at most 1".to_owned(),
                help: "such as 0.1".to_owned(),
            });
        }
        self.check_schedule()?;
        let watches =
            matches!(training.schedule, Schedule::Plateau { .. }) || training.patience.is_some();
        if watches && self.validation.split() == Split::Holdout(0.0) {
            return Err(Conflict {
                keys: &[
                    "training.patience",
                    "training.schedule",
                    "validation.holdout",
                ],
                message: "early stopping and the schedule plateau watch validation samples, and \
                          none are held out"
                    .to_owned(),
                help: "set validation.holdout, for example to 0.1, or validation.folds".to_owned(),
            });
        }
        Ok(())
    }

    fn check_schedule(&self) -> Result<(), Conflict> {
        let training = &self.training;
        let keys: &[&str] = &["training.schedule", "training.schedule_unit"];
        let conflict = |message: &str, help: String| {
            Err(Conflict {
                keys,
                message: message.to_owned(),
                help,
            })
        };
        let (epochs, unit) = (training.epochs.get() as u64, training.schedule_unit);
        if unit == ScheduleUnit::Epoch && training.warmup >= epochs {
            return Err(Conflict {
                keys: &["training.warmup", "training.epochs"],
                message: format!(
                    "a warm-up of {} epochs never ends in {epochs}",
                    training.warmup
                ),
                help: "warm up for fewer epochs, or count steps with training.schedule_unit"
                    .to_owned(),
            });
        }
        let steps = epochs.saturating_mul(self.steps_per_epoch() as u64);
        if unit == ScheduleUnit::Step && training.warmup > 0 && training.warmup >= steps {
            return Err(Conflict {
                keys: &["training.warmup", "training.epochs"],
                message: format!(
                    "a warm-up of {} steps never ends in {steps}",
                    training.warmup
                ),
                help: "warm up for fewer steps, or train more epochs".to_owned(),
            });
        }
        let full = training.learning_rate.get();
        match &training.schedule {
            Schedule::Cosine { minimum }
            | Schedule::CosineWarmRestarts { minimum, .. }
            | Schedule::Plateau { minimum, .. }
                if minimum.get() > full =>
            {
                Err(Conflict {
                    keys: &["training.schedule", "training.learning_rate"],
                    message: "the schedule's minimum is above the learning rate".to_owned(),
                    help: format!("at most {full}"),
                })
            }
            Schedule::Plateau { .. } if unit == ScheduleUnit::Step => conflict(
                "the schedule plateau watches a metric of each epoch",
                "leave training.schedule_unit at epoch".to_owned(),
            ),
            Schedule::OneCycle { .. } if unit == ScheduleUnit::Epoch => conflict(
                "the schedule one_cycle counts steps",
                "set training.schedule_unit: step".to_owned(),
            ),
            Schedule::MultiStep { milestones, .. } if !milestones.is_sorted() => conflict(
                "the milestones of multistep do not ascend",
                "such as [5, 8]".to_owned(),
            ),
            Schedule::Linear { start, .. } if start.get() > 1.0 => conflict(
                "a linear schedule starts at a part of the learning rate, at most 1",
                "raise training.learning_rate instead".to_owned(),
            ),
            _ => Ok(()),
        }
    }

    /// Whether a key has a meaning in this configuration: its optimizer, kind of network or data
    /// set has it, and what it refines is there.
    pub fn uses(&self, key: &Key) -> bool {
        match key.path {
            "data.test_fraction" => !self.data.set.is_named(),
            "model.norm_position" => self.has_norm(),
            "training.dampening" => self.has_momentum(),
            "training.warmup_start" => self.warms_up(),
            "training.schedule_unit" => self.counts_units(),
            "training.monitor" => self.watches(),
            "training.min_delta" | "training.restore_best" => self.may_stop(),
            path => {
                let optimizer = self.training.optimizer;
                let mut owned = OPTIMIZER_KEYS.iter().filter(|(keys, _)| keys[0] == path);
                let of_optimizer = owned.all(|(_, owners)| owners.contains(&optimizer));
                let of_cnn = CNN_KEYS.iter().any(|keys| keys[0] == path);
                of_optimizer && (!of_cnn || self.model.kind == ModelKind::Cnn)
            }
        }
    }

    /// The configuration with each key at its default that means nothing in it, and with what is
    /// left out written down: two that are equal then are trained alike. (Keys of another optimizer
    /// or kind of network are at their defaults already, because they are refused otherwise.)
    #[must_use]
    pub fn canonical(&self) -> Self {
        let plain = Self::default();
        let mut canonical = self.clone();
        canonical.data.normalise = Some(self.data.normalisation());
        let decay = self.training.weight_decay();
        canonical.training.weight_decay = NonNegative::new(decay);
        if self.training.optimizer != Optimizer::Sgd {
            canonical.training.epsilon = Positive::new(self.training.epsilon());
        }
        if let Split::Holdout(fraction) = self.validation.split() {
            canonical.validation.holdout = Fraction::new(fraction);
        }
        let counted = |sizes: Vec<usize>| sizes.into_iter().map(Count::new).collect();
        if let Some(widths) = counted(self.model.hidden_widths()) {
            canonical.model.layers = None;
            canonical.model.width = Width::Each(widths);
        }
        if self.model.kind == ModelKind::Cnn {
            canonical.model.channels = counted(self.model.block_channels());
        }
        if !self.has_norm() {
            canonical.model.norm_position = plain.model.norm_position;
        }
        let training = &mut canonical.training;
        if !self.has_momentum() {
            training.dampening = plain.training.dampening;
        }
        if !self.warms_up() {
            training.warmup_start = plain.training.warmup_start;
        }
        if !self.counts_units() {
            training.schedule_unit = plain.training.schedule_unit;
        }
        if !self.watches() {
            training.monitor = plain.training.monitor;
        }
        if !self.may_stop() {
            training.min_delta = plain.training.min_delta;
            training.restore_best = plain.training.restore_best;
        }
        canonical
    }

    fn has_norm(&self) -> bool {
        self.model.norm != Norm::None
    }

    fn has_momentum(&self) -> bool {
        self.training.momentum.get() > 0.0
    }

    fn warms_up(&self) -> bool {
        self.training.warmup > 0
    }

    fn counts_units(&self) -> bool {
        let schedule = &self.training.schedule;
        let unitless = matches!(schedule, Schedule::Constant {} | Schedule::Plateau { .. });
        !unitless || self.warms_up()
    }

    fn may_stop(&self) -> bool {
        self.training.patience.is_some()
    }

    fn watches(&self) -> bool {
        self.may_stop() || matches!(self.training.schedule, Schedule::Plateau { .. })
    }

    /// Keys that the optimizer or the kind of network has no use for must not be set.
    fn check_owners(&self) -> Result<(), Conflict> {
        let plain = Self::default();
        let optimizer = self.training.optimizer;
        let differs = |path: &str| {
            let key = Key::find(path);
            key.is_some_and(|key| key.show(self) != key.show(&plain))
        };
        for (key, owners) in OPTIMIZER_KEYS {
            if !owners.contains(&optimizer) && differs(key[0]) {
                let names: Vec<&str> = owners.iter().map(|owner| owner.name()).collect();
                return Err(Conflict {
                    keys: key,
                    message: format!(
                        "{} belongs to {}, not to {optimizer}",
                        key[0],
                        names.join(", ")
                    ),
                    help: format!(
                        "leave it out, or let it vary only `when: {{ training.optimizer: {} }}`",
                        names[0]
                    ),
                });
            }
        }
        if self.model.kind != ModelKind::Cnn
            && let Some(key) = CNN_KEYS.iter().find(|key| differs(key[0]))
        {
            return Err(Conflict {
                keys: key,
                message: format!("{} belongs to model.kind: cnn, not to mlp", key[0]),
                help: "leave it out, or let it vary only `when: { model.kind: cnn }`".to_owned(),
            });
        }
        Ok(())
    }

    fn check_split(&self) -> Result<(), Conflict> {
        let samples = self.samples();
        let all = self.facts.training_samples;
        if let Some(limit) = self.data.limit
            && limit.get() > all
        {
            return Err(Conflict {
                keys: &["data.limit"],
                message: format!(
                    "data.limit is {}, but {} has {all} training samples",
                    limit.get(),
                    self.data.set
                ),
                help: format!("at most {all}; leave it out to take all"),
            });
        }
        if self.validation.folds.is_some() && self.validation.holdout.is_some() {
            return Err(Conflict {
                keys: &["validation.holdout", "validation.folds"],
                message: "validation.folds and validation.holdout exclude each other".to_owned(),
                help: "set one of them, or one of them to null".to_owned(),
            });
        }
        match self.validation.split() {
            Split::Folds(folds) if folds < 2 => Err(Conflict {
                keys: &["validation.folds"],
                message: format!("cross-validation needs at least 2 folds, not {folds}"),
                help: "for a single split, set validation.holdout instead".to_owned(),
            }),
            Split::Folds(folds) if folds > samples => Err(Conflict {
                keys: &["validation.folds", "data.limit"],
                message: format!("{folds} folds of {samples} samples would leave folds empty"),
                help: format!("at most {samples} folds"),
            }),
            Split::Holdout(fraction)
                if fraction > 0.0 && !(1..samples).contains(&self.validation_samples(0)) =>
            {
                Err(Conflict {
                    keys: &["validation.holdout", "data.limit"],
                    message: format!(
                        "holding out {fraction} of {samples} samples leaves a part empty"
                    ),
                    help: "take more samples, or another fraction".to_owned(),
                })
            }
            _ => Ok(()),
        }
    }
}
