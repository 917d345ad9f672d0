//! Values that a sweep file can set: read from YAML, written as JSON, described by a JSON Schema.

use crate::yaml::diagnostic::{Diagnostic, nearest};
use crate::yaml::node::{YamlNode, YamlValue};
use serde_json::{Value, json};

/// A type of value that a sweep file can set.
///
/// Each type defines once what it accepts. The validation, the messages, the JSON Schema and the
/// documentation of a key all come from its type.
pub trait ConfigValue: Sized {
    /// The accepted values, in words: "a whole number of at least 1".
    fn expected() -> String;

    /// Reads a value.
    ///
    /// # Errors
    /// The value is not accepted; the diagnostic has its position.
    fn read(node: &YamlNode) -> Result<Self, Diagnostic>;

    /// The value as JSON, as in a sweep file.
    fn to_value(&self) -> Value;

    /// The JSON Schema of the accepted values.
    fn schema() -> Value;
}

impl ConfigValue for bool {
    fn expected() -> String {
        "true or false".to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match node.value {
            YamlValue::Bool(value) => Ok(value),
            _ => Err(node.unexpected(&Self::expected())),
        }
    }
    fn to_value(&self) -> Value {
        json!(self)
    }
    fn schema() -> Value {
        json!({ "type": "boolean" })
    }
}

impl ConfigValue for u64 {
    fn expected() -> String {
        "a whole number of at least 0".to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match node.value {
            YamlValue::Integer(value) => {
                u64::try_from(value).map_err(|_| node.unexpected(&Self::expected()))
            }
            _ => Err(node.unexpected(&Self::expected())),
        }
    }
    fn to_value(&self) -> Value {
        json!(self)
    }
    fn schema() -> Value {
        json!({ "type": "integer", "minimum": 0 })
    }
}

/// `null`, or a value.
impl<T: ConfigValue> ConfigValue for Option<T> {
    fn expected() -> String {
        format!("{} (or null)", T::expected())
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match node.value {
            YamlValue::Null => Ok(None),
            _ => T::read(node).map(Some),
        }
    }
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, ConfigValue::to_value)
    }
    fn schema() -> Value {
        json!({ "anyOf": [T::schema(), { "type": "null" }] })
    }
}

/// A value that can be an item of a list.
pub trait ListItem: ConfigValue {
    /// The accepted items, in words that follow "a list of".
    fn expected_items() -> String;
}

impl<T: ListItem> ConfigValue for Vec<T> {
    fn expected() -> String {
        format!("a list of {}", T::expected_items())
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        node.items(&Self::expected())?.iter().map(T::read).collect()
    }
    fn to_value(&self) -> Value {
        self.iter().map(ConfigValue::to_value).collect()
    }
    fn schema() -> Value {
        json!({ "type": "array", "items": T::schema() })
    }
}

/// Reads one of `names` and returns its index.
///
/// # Errors
/// The value is not one of `names`. If one of them is similar, the help suggests it.
pub(crate) fn read_name_in(node: &YamlNode, names: &[&str]) -> Result<usize, Diagnostic> {
    let expected = format!("one of {}", names.join(", "));
    let YamlValue::String(text) = &node.value else {
        return Err(node.unexpected(&expected));
    };
    names.iter().position(|name| name == text).ok_or_else(|| {
        let diagnostic = node.unexpected(&expected);
        match nearest(text, names.iter().copied()) {
            Some(name) => diagnostic.with_help(format!("did you mean `{name}`?")),
            None => diagnostic,
        }
    })
}

/// Defines an enum whose variants are names in a sweep file.
macro_rules! string_enum {
    ($(#[$meta:meta])* pub enum $type:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $name:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type { $($(#[$variant_meta])* $variant,)+ }

        impl $type {
            /// All variants.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in a sweep file.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }

        impl $crate::values::config_value::ConfigValue for $type {
            fn expected() -> String {
                format!("one of {}", [$($name,)+].join(", "))
            }
            fn read(node: &$crate::yaml::node::YamlNode)
                -> Result<Self, $crate::yaml::diagnostic::Diagnostic>
            {
                $crate::values::config_value::read_name_in(node, &[$($name,)+])
                    .map(|index| Self::ALL[index])
            }
            fn to_value(&self) -> serde_json::Value {
                serde_json::Value::from(self.name())
            }
            fn schema() -> serde_json::Value {
                serde_json::json!({ "enum": [$($name,)+] })
            }
        }

        impl $crate::values::config_value::ListItem for $type {
            fn expected_items() -> String {
                [$($name,)+].join(", ")
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(crate) use string_enum;
