//! What only several keys together can get wrong.

use super::config::{Config, MOST_LAYERS, Optimizer, Split, Training, Width};
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

    /// Weights and biases of the model.
    pub fn parameters(&self) -> u64 {
        let mut parameters = 0_u64;
        let mut fan_in = self.features() as u64;
        let widths = self.model.hidden_widths();
        for width in widths.into_iter().chain([self.classes()]) {
            let layer = (fan_in + 1).saturating_mul(width as u64);
            parameters = parameters.saturating_add(layer);
            fan_in = width as u64;
        }
        parameters
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
        match self.parameters() {
            parameters if parameters > MOST_PARAMETERS => Err(Conflict {
                keys: &["model.width", "model.layers"],
                message: format!("the model would have {parameters} parameters"),
                help: format!("at most {MOST_PARAMETERS}: choose fewer or narrower layers"),
            }),
            _ => Ok(()),
        }
    }

    fn check_training(&self) -> Result<(), Conflict> {
        let training = &self.training;
        if training.nesterov && training.momentum.get() == 0.0 {
            return Err(Conflict {
                keys: &["training.nesterov", "training.momentum"],
                message: "training.nesterov needs a training.momentum greater than 0".to_owned(),
                help: "set training.momentum, for example to 0.9".to_owned(),
            });
        }
        if training.optimizer == Optimizer::Adam && training.momentum.get() != 0.0 {
            return Err(Conflict {
                keys: &["training.momentum", "training.optimizer"],
                message: "training.momentum belongs to the optimizer sgd, not to adam".to_owned(),
                help: "adam has training.beta1; let momentum vary only `when: \
                       { training.optimizer: sgd }`"
                    .to_owned(),
            });
        }
        let plain = Training::default();
        let of_adam = |t: &Training| (t.beta1, t.beta2, t.epsilon);
        if training.optimizer == Optimizer::Sgd && of_adam(training) != of_adam(&plain) {
            return Err(Conflict {
                keys: &["training.beta1", "training.beta2", "training.epsilon"],
                message: "beta1, beta2 and epsilon belong to the optimizer adam, not to sgd"
                    .to_owned(),
                help: "set training.optimizer: adam, or let them vary only `when: \
                       { training.optimizer: adam }`"
                    .to_owned(),
            });
        }
        if training.warmup_start.get() > 1.0 {
            return Err(Conflict {
                keys: &["training.warmup_start"],
                message: "a warm-up starts at a part of the learning rate, at most 1".to_owned(),
                help: "such as 0.1".to_owned(),
            });
        }
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
        if let Schedule::Cosine { minimum } = &training.schedule
            && minimum.get() > training.learning_rate.get()
        {
            return Err(Conflict {
                keys: &["training.schedule", "training.learning_rate"],
                message: "the cosine's minimum is above the learning rate".to_owned(),
                help: format!("at most {}", training.learning_rate.get()),
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
