//! The keys of optimizers in a configuration. They are flat, so that each can vary.

use super::key::{KEYS, Key};
use super::trial_config::{Config, Training};
use crate::optimizers::{OptimizerKind, OptimizerSettings, Setting};
use crate::values::conflict::Conflict;
use serde_json::Value;

/// The keys that every configuration has, with a default if its optimizer does not have them, in this order:
/// results are identified by such configurations. Other keys are written only if they are set.
pub(super) const ALWAYS_WRITTEN: [&str; 9] = [
    "momentum",
    "dampening",
    "nesterov",
    "beta1",
    "beta2",
    "alpha",
    "centered",
    "momentum_decay",
    "learning_rate_decay",
];

/// A key that is written for each of its optimizers where configurations identify results. It is after `beta2`.
const EPSILON: &str = "epsilon";

/// The names of all keys, in the order in which configurations are written.
pub(super) fn optimizer_key_names() -> Vec<&'static str> {
    let mut names = ALWAYS_WRITTEN.to_vec();
    names.insert(5, EPSILON);
    let declared = OptimizerKind::ALL.iter().flat_map(|kind| kind.keys());
    for key in declared {
        if !names.contains(&key.name) {
            names.push(key.name);
        }
    }
    names
}

impl Training {
    /// The optimizer with its settings.
    pub fn optimizer_settings(&self) -> OptimizerSettings {
        self.optimizer.settings(&self.optimizer_keys)
    }

    /// The value of an optimizer's key, as in a sweep file.
    pub(super) fn optimizer_value(&self, name: &str) -> Value {
        let default = || {
            let declared = || OptimizerKind::with_key(name).find_map(|owner| owner.key(name));
            self.optimizer.key(name).or_else(declared)
        };
        match self.optimizer_keys.get(name) {
            Some(setting) => setting.to_value(),
            None if ALWAYS_WRITTEN.contains(&name) => {
                default().map_or(Value::Null, |key| key.default.to_value())
            }
            None => Value::Null,
        }
    }

    /// Unsets the keys that have no effect, and sets those by which results are identified.
    pub(super) fn make_optimizer_keys_canonical(&mut self) {
        let settings = self.optimizer_settings();
        for name in optimizer_key_names() {
            let Some(key) = self.optimizer.key(name) else {
                self.optimizer_keys.unset(name);
                continue;
            };
            let set = self.optimizer_keys.get(name);
            let set = set.filter(|_| settings.is_effective(name));
            let value: Setting = set.unwrap_or(key.default);
            if ALWAYS_WRITTEN.contains(&name) || name == EPSILON || value != key.default {
                self.optimizer_keys.set(key.name, value);
            } else {
                self.optimizer_keys.unset(name);
            }
        }
    }
}

impl Config {
    /// Checks that keys of other optimizers have their defaults, and those of the optimizer are valid together.
    ///
    /// # Errors
    /// The first key that does not, or two that contradict each other.
    pub(super) fn check_optimizer_keys(&self) -> Result<(), Conflict> {
        let defaults = Training::default();
        let training = &self.training;
        let optimizer = training.optimizer;
        for name in optimizer_key_names() {
            let is_default = training.optimizer_value(name) == defaults.optimizer_value(name);
            if is_default || optimizer.key(name).is_some() {
                continue;
            }
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
