//! The values that a configuration trains with.

use super::key::Key;
use super::trial_config::Config;
use serde_json::Value;

impl Key {
    /// The value that a configuration trains with: [`Key::value_in`], or the default of its optimizer.
    pub fn effective_value_in(&self, config: &Config) -> Value {
        let training = &config.training;
        if self.path == "training.weight_decay" {
            return training.weight_decay().into();
        }
        let key = self.optimizer_key();
        let default = key.and_then(|key| training.optimizer.key(key.name));
        match (self.value_in(config), default) {
            (Value::Null, Some(key)) => key.default.to_value(),
            (value, _) => value,
        }
    }
}
