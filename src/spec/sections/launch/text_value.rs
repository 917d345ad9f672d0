//! Settings that are texts, each read by its type's own rule.

use crate::spec::values::config_value::ConfigValue;
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::{YamlNode, YamlValue};
use std::str::FromStr;

/// Reads text by its type's own rule; what is wrong with it is the help.
pub(crate) fn read_text<T: ConfigValue + FromStr<Err = String>>(
    node: &YamlNode,
) -> Result<T, Diagnostic> {
    let unexpected = || node.unexpected(&T::expected());
    match &node.value {
        // An account or a claim may be a number: `007` as it is written.
        YamlValue::String(_) | YamlValue::Integer(_) | YamlValue::Float(_) => {
            let text = node.literal_text().unwrap_or_default();
            text.parse()
                .map_err(|help: String| unexpected().with_help(help))
        }
        _ => Err(unexpected()),
    }
}

/// Makes a type of text a setting, whose rule is its `FromStr`.
macro_rules! text_value {
    ($type:ident, $expected:literal, $schema:expr) => {
        impl crate::spec::values::config_value::ConfigValue for $type {
            fn expected() -> String {
                $expected.to_owned()
            }
            fn read(
                node: &crate::spec::yaml::node::YamlNode,
            ) -> Result<Self, crate::spec::yaml::diagnostic::Diagnostic> {
                super::text_value::read_text(node)
            }
            fn to_value(&self) -> serde_json::Value {
                self.to_string().into()
            }
            fn schema() -> serde_json::Value {
                $schema
            }
        }
    };
}
pub(crate) use text_value;
