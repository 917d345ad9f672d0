//! The keys of optimizers.

use super::setting::{Setting, SettingType};
use crate::values::config_value::ConfigValue;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::YamlNode;
use serde_json::Value;

/// A key that an optimizer has.
pub(crate) struct OptimizerKey {
    /// The name in the section `training`, such as `beta1`.
    pub(crate) name: &'static str,
    /// The short name in folder names and tables.
    pub(crate) short_name: &'static str,
    /// What a user has to know about the key.
    pub(crate) description: &'static str,
    /// The optimizer's default.
    pub(crate) default: Setting,
    pub(crate) read: fn(&YamlNode) -> Result<Setting, Diagnostic>,
    pub(crate) schema: fn() -> Value,
    pub(crate) expected: fn() -> String,
}

impl OptimizerKey {
    pub(crate) fn new<T: SettingType>(
        name: &'static str,
        short_name: &'static str,
        description: &'static str,
        default: T::Plain,
    ) -> Self {
        Self {
            name,
            short_name,
            description,
            default: T::setting(default),
            read: T::read_setting,
            schema: <T as ConfigValue>::schema,
            expected: <T as ConfigValue>::expected,
        }
    }
}
