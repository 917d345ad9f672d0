//! Optimizers by their names in a sweep file, and their settings.

use super::catalog::{OptimizerKind, OptimizerSettings};
use super::key::OptimizerKey;
use super::setting::Setting;
use crate::values::config_value::{ConfigValue, ListItem, read_name_in};
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::YamlNode;
use serde_json::{Value, json};
use std::fmt;

impl OptimizerKind {
    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|kind| kind.name()).collect()
    }

    /// The optimizers that have a key of this name.
    pub(crate) fn with_key(name: &str) -> impl Iterator<Item = Self> {
        let kinds = Self::ALL.iter().copied();
        kinds.filter(move |kind| kind.key(name).is_some())
    }

    /// The key of this name, if the optimizer has it.
    pub(crate) fn key(self, name: &str) -> Option<&'static OptimizerKey> {
        self.keys().iter().find(|key| key.name == name)
    }
}

impl OptimizerSettings {
    /// The flags. Members of a cohort share a step only if these are equal; numbers may differ.
    pub(crate) fn flags(&self) -> Vec<bool> {
        let settings = self.settings().into_iter();
        settings
            .filter_map(|(_, setting)| match setting {
                Setting::Flag(flag) => Some(flag),
                Setting::Number(_) => None,
            })
            .collect()
    }
}

impl ConfigValue for OptimizerKind {
    fn expected() -> String {
        format!("one of {}", Self::names().join(", "))
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        read_name_in(node, &Self::names()).map(|index| Self::ALL[index])
    }
    fn to_value(&self) -> Value {
        self.name().into()
    }
    fn schema() -> Value {
        json!({ "enum": Self::names() })
    }
}

impl ListItem for OptimizerKind {
    fn expected_items() -> String {
        Self::names().join(", ")
    }
}

impl fmt::Display for OptimizerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
