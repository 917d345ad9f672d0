//! Text that a sweep file sets, such as a path.

use super::config_value::Setting;
use crate::spec::yaml::diagnostic::Problem;
use crate::spec::yaml::node::{Node, Yaml};
use serde_json::{Value, json};
use std::sync::Arc;

/// Text that is not empty. Cheap to clone: each trial has its own configuration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text(Arc<str>);

impl Text {
    /// The text, unless it is empty.
    pub fn new(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for Text {
    fn expects() -> String {
        "text".to_owned()
    }
    fn read(node: &Node) -> Result<Self, Problem> {
        match &node.value {
            // A column or folder may be named by a number: `01` and `1.0` as they are written.
            Yaml::Text(_) | Yaml::Integer(_) | Yaml::Real(_) => {
                Self::new(&node.name().unwrap_or_default())
            }
            _ => None,
        }
        .ok_or_else(|| node.unexpected(&Self::expects()))
    }
    fn show(&self) -> Value {
        json!(self.as_str())
    }
    fn schema() -> Value {
        json!({ "type": ["string", "number"] })
    }
}
