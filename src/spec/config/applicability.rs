//! Which keys apply in a configuration. The momentum of Adam, for example, does not.

use super::key::{KEYS, Key};
use super::schedule::Schedule;
use super::trial_config::{Config, Split, Training};
use crate::optimizers::OptimizerKind;
use crate::spec::data::columns::Impute;
use crate::spec::data::dataset_kind::DatasetKind;
use crate::spec::model::network::{ModelKind, Width};
use crate::stages::Norm;
use crate::values::conflict::Conflict;
use crate::values::number::{Count, Fraction, NonNegative};

/// Keys of convolutional networks: the key and the one that it depends on.
const CNN_KEYS: &[&[&str]] = &[
    &["model.channels", "model.kind"],
    &["model.kernel_size", "model.kind"],
    &["model.pooling", "model.kind"],
    &["model.shortcut", "model.kind"],
    &["model.global_pooling", "model.kind"],
    &["model.block_dropout", "model.kind"],
];

impl Config {
    /// Whether a key affects this configuration: the optimizer, the kind of network or the data set
    /// has it, and the feature that it adjusts is in use.
    pub fn is_applicable(&self, key: &Key) -> bool {
        match key.path {
            "data.test_fraction" => !self.data.set.is_builtin(),
            "data.drop" | "data.categorical" | "data.ordinal" | "data.na_values"
            | "data.impute" => self.data.set == DatasetKind::Table,
            "model.norm_position" => self.has_norm(),
            "training.warmup_start" => self.warms_up(),
            "training.schedule_unit" => self.counts_units(),
            "training.monitor" => self.monitors(),
            "training.min_delta" | "training.restore_best" => self.may_stop(),
            path => {
                let is_of_cnn = CNN_KEYS.iter().any(|keys| keys[0] == path);
                let optimizer_has_it = key.optimizer_key().is_none_or(|key| {
                    let has_it = self.training.optimizer.key(key.name).is_some();
                    has_it && self.training.optimizer_settings().is_effective(key.name)
                });
                optimizer_has_it && (!is_of_cnn || self.model.kind == ModelKind::Cnn)
            }
        }
    }

    /// The configuration with inapplicable keys at their defaults and with implied values set. Two
    /// configurations that train in the same way have equal canonical forms. (Keys of another
    /// optimizer or kind of network have their defaults anyway, since validation rejects other values.)
    #[must_use]
    pub fn canonical(&self) -> Self {
        let defaults = Self::default();
        let mut canonical = self.clone();
        canonical.data.normalise = Some(self.data.normalisation());
        canonical.data.impute = self.data.impute.filter(|&impute| impute != Impute::Median);
        let decay = self.training.weight_decay();
        canonical.training.weight_decay = NonNegative::new(decay);
        canonical.training.make_optimizer_keys_canonical();
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
            canonical.model.norm_position = defaults.model.norm_position;
        }
        let training = &mut canonical.training;
        if !self.warms_up() {
            training.warmup_start = defaults.training.warmup_start;
        }
        if !self.counts_units() {
            training.schedule_unit = defaults.training.schedule_unit;
        }
        if !self.monitors() {
            training.monitor = defaults.training.monitor;
        }
        if !self.may_stop() {
            training.min_delta = defaults.training.min_delta;
            training.restore_best = defaults.training.restore_best;
        }
        canonical
    }

    fn has_norm(&self) -> bool {
        !matches!(self.model.norm, Norm::None(_))
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

    fn monitors(&self) -> bool {
        self.training.monitored_score().is_some()
    }

    /// Checks that keys of other optimizers or kinds of network have their defaults, and that those of the
    /// optimizer are valid together.
    ///
    /// # Errors
    /// The first key that does not.
    pub(crate) fn check_applicable(&self) -> Result<(), Conflict> {
        let defaults = Self::default();
        let differs = |path: &str| {
            let key = Key::find(path);
            key.is_some_and(|key| key.value_in(self) != key.value_in(&defaults))
        };
        self.check_optimizer_keys()?;
        if self.model.kind != ModelKind::Cnn
            && let Some(key) = CNN_KEYS.iter().find(|key| differs(key[0]))
        {
            return Err(Conflict {
                keys: key,
                message: format!("{} applies to model.kind: cnn, not to mlp", key[0]),
                help: "remove it, or vary it only `when: { model.kind: cnn }`".to_owned(),
            });
        }
        Ok(())
    }

    /// Checks that keys of other optimizers have their defaults, and those of the optimizer are valid together.
    ///
    /// # Errors
    /// The first key that does not, or two that contradict each other.
    fn check_optimizer_keys(&self) -> Result<(), Conflict> {
        let defaults = Training::default();
        let training = &self.training;
        let optimizer = training.optimizer;
        let is_foreign = |&name: &&'static str| {
            let is_default = || training.optimizer_value(name) == defaults.optimizer_value(name);
            optimizer.key(name).is_none() && !is_default()
        };
        if let Some(name) = training.optimizer_keys.names().find(is_foreign) {
            let owners: Vec<&str> = OptimizerKind::with_key(name)
                .map(OptimizerKind::name)
                .collect();
            let listed = match owners.as_slice() {
                [others @ .., last] if !others.is_empty() => {
                    format!("{} and {last}", others.join(", "))
                }
                owners => owners.concat(),
            };
            return Err(Conflict {
                keys: with_optimizer(name),
                message: format!("training.{name} applies to {listed}, not to {optimizer}"),
                help: format!(
                    "remove it, or vary it only `when: {{ training.optimizer: {} }}`",
                    owners[0]
                ),
            });
        }
        training.optimizer_settings().check()
    }
}

/// The path of an optimizer's key, and that of the optimizer on which it depends.
fn with_optimizer(name: &str) -> &'static [&'static str] {
    let mut keys = KEYS.iter().filter_map(Key::optimizer_key);
    let key = keys.find(|key| key.name == name);
    key.map_or(&["training.optimizer"], |key| key.depends_on)
}
