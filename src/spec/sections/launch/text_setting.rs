//! Settings that are texts, each read by its type's own rule.

use crate::spec::values::config_value::ConfigValue;
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::{YamlNode, YamlValue};
use std::str::FromStr;

/// Reads text by its type's own rule; what is wrong with it is the help.
pub(crate) fn read_text<T: ConfigValue + FromStr<Err = String>>(
    node: &YamlNode,
) -> Result<T, Diagnostic> {
    let unexpected = || node.unexpected(&T::expects());
    match &node.value {
        // An account or a claim may be a number: `007` as it is written.
        YamlValue::Text(_) | YamlValue::Integer(_) | YamlValue::Real(_) => {
            let text = node.name().unwrap_or_default();
            text.parse().map_err(|help: String| unexpected().help(help))
        }
        _ => Err(unexpected()),
    }
}

/// Makes a type of text a setting, whose rule is its `FromStr`.
macro_rules! text_setting {
    ($type:ident, $expects:literal, $schema:expr) => {
        impl crate::spec::values::config_value::ConfigValue for $type {
            fn expects() -> String {
                $expects.to_owned()
            }
            fn read(
                node: &crate::spec::yaml::node::YamlNode,
            ) -> Result<Self, crate::spec::yaml::diagnostic::Diagnostic> {
                super::text_setting::read_text(node)
            }
            fn show(&self) -> serde_json::Value {
                self.to_string().into()
            }
            fn schema() -> serde_json::Value {
                $schema
            }
        }
    };
}
pub(crate) use text_setting;
