//! Values that are read with the `FromStr` of their type.

use crate::values::config_value::ConfigValue;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlNode, YamlValue};
use std::str::FromStr;

/// Reads text with the `FromStr` of the type, whose error becomes the help.
pub(crate) fn read_text<T: ConfigValue + FromStr<Err = String>>(
    node: &YamlNode,
) -> Result<T, Diagnostic> {
    let unexpected = || node.unexpected(&T::expected());
    match &node.value {
        // The name of an account or a claim can be a number: `007` is kept as written.
        YamlValue::String(_) | YamlValue::Integer(_) | YamlValue::Float(_) => {
            let text = node.literal_text().unwrap_or_default();
            text.parse()
                .map_err(|help: String| unexpected().with_help(help))
        }
        _ => Err(unexpected()),
    }
}

/// Implements `ConfigValue` for a type with `FromStr` and `Display`.
macro_rules! text_value {
    ($type:ident, $expected:literal $(; a list of $items:literal)?, $schema:expr) => {
        impl crate::values::config_value::ConfigValue for $type {
            fn expected() -> String {
                $expected.to_owned()
            }
            fn read(
                node: &crate::yaml::node::YamlNode,
            ) -> Result<Self, crate::yaml::diagnostic::Diagnostic> {
                super::text_value::read_text(node)
            }
            fn to_value(&self) -> serde_json::Value {
                self.to_string().into()
            }
            fn schema() -> serde_json::Value {
                $schema
            }
        }
        $(
            impl crate::values::config_value::ListItem for $type {
                fn expected_items() -> String {
                    $items.to_owned()
                }
            }
        )?
    };
}
pub(crate) use text_value;
