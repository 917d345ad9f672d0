//! A value that may be absent: `none` or `null` in a sweep file.

use super::config_value::ConfigValue;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};

/// A value, or `none`. An absent value serialises as `null`, which configurations omit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OrNone<T>(pub Option<T>);

impl<T: ConfigValue> ConfigValue for OrNone<T> {
    fn expected() -> String {
        match T::expected().strip_prefix("one of ") {
            Some(names) => format!("one of none, {names}"),
            None => format!("none, or {}", T::expected()),
        }
    }

    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match &node.value {
            YamlValue::Null => Ok(Self(None)),
            YamlValue::String(text) if text == "none" => Ok(Self(None)),
            _ => match T::read(node) {
                Ok(value) => Ok(Self(Some(value))),
                Err(inner) => {
                    let diagnostic = node.unexpected(&Self::expected());
                    Err(match inner.help {
                        Some(help) => diagnostic.with_help(help),
                        None => diagnostic,
                    })
                }
            },
        }
    }

    fn to_value(&self) -> Value {
        self.0.as_ref().map_or(Value::Null, ConfigValue::to_value)
    }

    fn schema() -> Value {
        json!({ "anyOf": [T::schema(), { "enum": ["none", null] }] })
    }
}
