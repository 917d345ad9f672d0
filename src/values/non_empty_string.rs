//! Text values, such as paths.

use super::config_value::ConfigValue;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};
use std::sync::Arc;

/// Text that is not empty. Cheap to clone, since each trial has its own configuration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NonEmptyString(Arc<str>);

impl NonEmptyString {
    /// The text; `None` if it is empty.
    pub fn new(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for NonEmptyString {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl ConfigValue for NonEmptyString {
    fn expected() -> String {
        "text".to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match &node.value {
            // The name of a column or folder may be a number: `01` and `1.0` are kept as written.
            YamlValue::String(_) | YamlValue::Integer(_) | YamlValue::Float(_) => {
                Self::new(&node.literal_text().unwrap_or_default())
            }
            _ => None,
        }
        .ok_or_else(|| node.unexpected(&Self::expected()))
    }
    fn to_value(&self) -> Value {
        json!(self.as_str())
    }
    fn schema() -> Value {
        json!({ "type": ["string", "number"] })
    }
}
