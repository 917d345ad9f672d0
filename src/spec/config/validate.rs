//! Validation of a whole configuration.

use super::schedule::{Schedule, ScheduleUnit};
use super::trial_config::{Config, Split};
use crate::spec::model::network::{MAX_LAYERS, ModelKind, Width};
use crate::stages::MAX_KERNEL_SIZE;
use crate::values::conflict::Conflict;

/// The maximum number of parameters of a model: 4 GB of weights in 32-bit floats.
pub const MAX_PARAMETERS: u64 = 1_000_000_000;

/// The maximum number of values that a batch has within a model: 4 GB in 32-bit floats.
pub const MAX_BATCH_VALUES: u64 = 1_000_000_000;

/// The minimum number of samples of a forward pass in evaluation.
pub const MIN_EVAL_BATCH_SIZE: usize = 16;

/// The maximum number of samples of a forward pass without training: enough to fill a core's vector
/// units.
pub const MAX_EVAL_BATCH_SIZE: usize = 512;

impl Config {
    /// Checks the values that depend on other keys or on the data.
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
                message: format!("model.layers is {}, more than {MAX_LAYERS}", layers.get()),
                help: format!("set at most {MAX_LAYERS} layers"),
            });
        }
        if let (Some(layers), Width::Each(widths)) = (self.model.layers, &self.model.width)
            && layers.get() != widths.len()
        {
            return Err(Conflict {
                keys: &["model.width", "model.layers"],
                message: format!(
                    "the number of widths in model.width is {}, but model.layers is {}",
                    widths.len(),
                    layers.get()
                ),
                help:
                    "remove model.layers, list one width per layer, or `exclude` this combination"
                        .to_owned(),
            });
        }
        let norm = self.model.norm;
        if norm.needs_several_samples() && self.training.batch_size.get() == 1 {
            return Err(Conflict {
                keys: &["training.batch_size", "model.norm"],
                message: format!(
                    "model.norm: {} needs more than one sample per batch",
                    norm.name()
                ),
                help: "set a larger training.batch_size, or a norm of single samples, such as model.norm: layer"
                    .to_owned(),
            });
        }
        self.check_convolutions()?;
        norm.check(|| self.normalised_outputs())
            .map_err(|conflict| Conflict {
                keys: match conflict.key {
                    "model.channels" => &["model.norm", "model.channels"],
                    _ => &["model.norm", "model.width"],
                },
                message: conflict.message,
                help: conflict.help,
            })?;
        let stages = self.stages();
        let counts = stages.iter().map(|stage| stage.parameter_count());
        let parameters = counts.fold(0, u64::saturating_add);
        if parameters > MAX_PARAMETERS {
            return Err(Conflict {
                keys: &["model.width", "model.layers", "model.channels"],
                message: format!("the model would have {parameters} parameters"),
                help: format!("the maximum is {MAX_PARAMETERS}: use fewer or narrower layers"),
            });
        }
        // The values of all stages are kept from the forward to the backward pass.
        let widths = stages.iter().map(|stage| stage.peak_values() as u64);
        let sample = widths.fold(0, u64::saturating_add);
        let samples = self.samples().min(self.training.batch_size.get());
        let numbers = sample.saturating_mul(samples.max(MIN_EVAL_BATCH_SIZE) as u64);
        if numbers > MAX_BATCH_VALUES {
            return Err(Conflict {
                keys: &["training.batch_size", "model.width", "model.channels"],
                message: format!(
                    "a batch of {samples} samples would have {numbers} values within the model"
                ),
                help: format!(
                    "the maximum is {MAX_BATCH_VALUES}: use smaller batches or narrower layers"
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
                    "model.kernel_size is {}, but must be odd and at most {MAX_KERNEL_SIZE}",
                    model.kernel_size.get()
                ),
                help: "set it to 3, for example".to_owned(),
            });
        }
        if model.kind != ModelKind::Cnn {
            return Ok(());
        }
        let Some([height, width, _]) = self.image() else {
            return Err(Conflict {
                keys: &["model.kind", "data.set"],
                message: format!(
                    "model.kind: cnn needs images, but {} has none",
                    self.data.set
                ),
                help: "set model.kind: mlp".to_owned(),
            });
        };
        if model.shortcut.0.is_some() {
            let inputs = self.image().into_iter().map(|[_, _, channels]| channels);
            let channels = inputs.chain(model.block_channels()).collect::<Vec<_>>();
            let mut pairs = channels.iter().zip(channels.iter().skip(1));
            if let Some((from, to)) = pairs.find(|(from, to)| from > to) {
                return Err(Conflict {
                    keys: &["model.shortcut", "model.channels"],
                    message: format!(
                        "a shortcut cannot reduce the number of channels, but a block has {from} at its \
                         input and {to} at its output"
                    ),
                    help: "set model.channels so that no block has fewer channels than its input (for the first block, the image), or set model.shortcut: none"
                        .to_owned(),
                });
            }
        }
        let blocks = model.block_channels().len();
        let halvings = height.min(width).ilog2() as usize;
        if model.pooling.function().is_some() && blocks > halvings {
            return Err(Conflict {
                keys: &["model.channels", "model.pooling"],
                message: format!(
                    "{blocks} blocks halve an image of {height} × {width} to less than one pixel"
                ),
                help: format!(
                    "the maximum is {halvings}: use fewer blocks, or model.pooling: none"
                ),
            });
        }
        Ok(())
    }

    fn check_training(&self) -> Result<(), Conflict> {
        let training = &self.training;
        self.check_applicable()?;
        if training.warmup_start.get() > 1.0 {
            return Err(Conflict {
                keys: &["training.warmup_start"],
                message: "training.warmup_start is a fraction of the learning rate, at most 1"
                    .to_owned(),
                help: "set it to 0.1, for example".to_owned(),
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
                message: "early stopping and the schedule plateau need validation samples, but \
                          validation.holdout is 0"
                    .to_owned(),
                help: "set validation.holdout, for example to 0.1, or validation.folds".to_owned(),
            });
        }
        match training.monitored_score() {
            Some(score) if self.classes() < score.min_classes => Err(Conflict {
                keys: &["training.monitor", "data.set"],
                message: format!(
                    "training.monitor is {}, which is undefined for fewer than {} classes; {} has {}",
                    training.monitor.name(),
                    score.min_classes,
                    self.data.set,
                    self.classes()
                ),
                help: "monitor val_loss, for example".to_owned(),
            }),
            _ => Ok(()),
        }
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
                    "training.warmup is {}, but training.epochs is {epochs}: the warm-up does not end",
                    training.warmup
                ),
                help: "set a smaller training.warmup, or count it in steps: training.schedule_unit: step"
                    .to_owned(),
            });
        }
        let steps = epochs.saturating_mul(self.steps_per_epoch() as u64);
        if unit == ScheduleUnit::Step && training.warmup > 0 && training.warmup >= steps {
            return Err(Conflict {
                keys: &["training.warmup", "training.epochs"],
                message: format!(
                    "training.warmup is {}, but the number of training steps is {steps}: the \
                     warm-up does not end",
                    training.warmup
                ),
                help: "set a smaller training.warmup, or more training.epochs".to_owned(),
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
                    message: "the minimum of the schedule is greater than the learning rate"
                        .to_owned(),
                    help: format!("set a minimum of at most {full}"),
                })
            }
            Schedule::Plateau { .. } if unit == ScheduleUnit::Step => conflict(
                "the schedule plateau counts epochs, not steps",
                "set training.schedule_unit: epoch".to_owned(),
            ),
            Schedule::OneCycle { .. } if unit == ScheduleUnit::Epoch => conflict(
                "the schedule one_cycle counts steps, not epochs",
                "set training.schedule_unit: step".to_owned(),
            ),
            Schedule::MultiStep { milestones, .. } if !milestones.is_sorted() => conflict(
                "the milestones of multistep are not in ascending order",
                "write [5, 8], for example".to_owned(),
            ),
            Schedule::Linear { start, .. } if start.get() > 1.0 => conflict(
                "the start of a linear schedule is a fraction of the learning rate, at most 1",
                "set a greater training.learning_rate instead".to_owned(),
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
                help: format!("set at most {all}, or remove it to use all"),
            });
        }
        if self.validation.folds.is_some() && self.validation.holdout.is_some() {
            return Err(Conflict {
                keys: &["validation.holdout", "validation.folds"],
                message: "validation.folds and validation.holdout cannot be set together"
                    .to_owned(),
                help: "remove one of them, or set it to null".to_owned(),
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
                message: format!("{samples} samples are too few for {folds} folds"),
                help: format!("use at most {samples} folds"),
            }),
            Split::Holdout(fraction)
                if fraction > 0.0 && !(1..samples).contains(&self.validation_samples(0)) =>
            {
                Err(Conflict {
                    keys: &["validation.holdout", "data.limit"],
                    message: format!(
                        "holding out {fraction} of {samples} samples leaves no sample for training or validation"
                    ),
                    help: "use more samples or another fraction".to_owned(),
                })
            }
            _ => Ok(()),
        }
    }
}
