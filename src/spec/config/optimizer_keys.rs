//! The keys of optimizers in a configuration. They are flat, so that each can vary.

use super::trial_config::Training;
use crate::optimizers::{OptimizerKind, OptimizerSettings, Setting};
use serde_json::Value;
use std::sync::LazyLock;

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
pub(super) static OPTIMIZER_KEY_NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut names = ALWAYS_WRITTEN.to_vec();
    names.insert(5, EPSILON);
    let declared = OptimizerKind::ALL.iter().flat_map(|kind| kind.keys());
    for key in declared {
        if !names.contains(&key.name) {
            names.push(key.name);
        }
    }
    names
});

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
        for &name in OPTIMIZER_KEY_NAMES.iter() {
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
