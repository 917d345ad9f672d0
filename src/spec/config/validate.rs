//! What only several keys together can get wrong.

use super::schedule::{Schedule, ScheduleUnit};
use super::trial_config::{Config, Split};
use crate::spec::model::network::{MAX_LAYERS, ModelKind, Norm, Pooling, Width};
use crate::spec::values::conflict::Conflict;

/// The most parameters a model may have: 4 GB of weights in 32-bit floats.
pub const MAX_PARAMETERS: u64 = 1_000_000_000;

/// The most numbers that a batch may be within a model: 4 GB in 32-bit floats.
pub const MAX_BATCH_VALUES: u64 = 1_000_000_000;

/// The fewest samples of a forward pass without training.
pub const MIN_EVAL_BATCH_SIZE: usize = 16;

/// The maximum number of samples of a forward pass without training: enough to fill a core's vector
/// units.
pub const MAX_EVAL_BATCH_SIZE: usize = 512;

/// The largest height and width of a convolution's kernel.
pub const MAX_KERNEL_SIZE: usize = 31;

impl Config {
    /// Checks what only several keys together can get wrong.
    ///
    /// # Errors
    /// The first conflict found.
    pub fn validate(&self) -> Result<(), Conflict> {
        self.data.validate_against(&self.dataset_info)?;
        self.check_model()?;
        self.check_training()?;
        self.check_split()
    }

    fn check_model(&self) -> Result<(), Conflict> {
        if let Some(layers) = self.model.layers
            && layers.get() > MAX_LAYERS
        {
            return Err(Conflict {
                keys: &["model.layers"],
                message: format!("{} hidden layers are too many", layers.get()),
                help: format!("at most {MAX_LAYERS}"),
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
        if parameters > MAX_PARAMETERS {
            return Err(Conflict {
                keys: &["model.width", "model.layers", "model.channels"],
                message: format!("the model would have {parameters} parameters"),
                help: format!("at most {MAX_PARAMETERS}: choose fewer or narrower layers"),
            });
        }
        // All of them are kept from the forward to the backward pass.
        let widths = stages.iter().map(|stage| stage.peak_values() as u64);
        let sample = widths.fold(0, u64::saturating_add);
        let samples = self.samples().min(self.training.batch_size.get());
        let numbers = sample.saturating_mul(samples.max(MIN_EVAL_BATCH_SIZE) as u64);
        if numbers > MAX_BATCH_VALUES {
            return Err(Conflict {
                keys: &["training.batch_size", "model.width", "model.channels"],
                message: format!(
                    "a batch of {samples} samples would be {numbers} numbers within the model"
                ),
                help: format!(
                    "at most {MAX_BATCH_VALUES}: choose smaller batches or narrower layers"
                ),
            });
        }
        Ok(())
    }

    fn check_convolutions(&self) -> Result<(), Conflict> {
        let model = &self.model;
        if model.kernel_size.get().is_multiple_of(2) || model.kernel_size.get() > MAX_KERNEL_SIZE {
            return Err(Conflict {
                keys: &["model.kernel_size"],
                message: format!(
                    "a kernel of size {} is not supported",
                    model.kernel_size.get()
                ),
                help: format!("an odd size up to {MAX_KERNEL_SIZE}, such as 3"),
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
        self.check_applicable()?;
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

    fn check_split(&self) -> Result<(), Conflict> {
        let samples = self.samples();
        let all = self.dataset_info.training_samples;
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
