//! Keys of the sections that change no result.

use super::config_value::ConfigValue;
use serde_json::{Map, Value, json};

/// A key of a section, for the JSON Schema and the documentation.
pub(crate) struct SectionKey {
    /// The name of the key.
    pub(crate) name: &'static str,
    /// What a user has to know about the key. A default that is not a value of the key is the last
    /// sentence: `Default: ….`
    pub(crate) description: &'static str,
    /// The accepted values, in words.
    pub(crate) expected: String,
    /// The default, as JSON; `null` if there is none.
    pub(crate) default: Value,
    schema: Value,
}

impl SectionKey {
    /// A key whose values have the type `T`.
    pub(crate) fn new<T: ConfigValue>(
        name: &'static str,
        description: &'static str,
        default: Option<&T>,
    ) -> Self {
        Self {
            name,
            description,
            expected: T::expected(),
            default: default.map_or(Value::Null, T::to_value),
            schema: T::schema(),
        }
    }

    /// A key without a default whose values have no type of their own.
    pub(crate) fn untyped(
        name: &'static str,
        description: &'static str,
        expected: String,
        schema: Value,
    ) -> Self {
        Self {
            name,
            description,
            expected,
            default: Value::Null,
            schema,
        }
    }

    /// The JSON Schema of the values, with the description and the default.
    pub(crate) fn schema(&self) -> Value {
        let mut schema = self.schema.clone();
        schema["description"] = self.description.into();
        if !self.default.is_null() {
            schema["default"] = self.default.clone();
        }
        schema
    }
}

/// The JSON Schema of a section with these keys.
pub(crate) fn section_schema(description: &str, keys: &[SectionKey]) -> Value {
    let properties = keys.iter().map(|key| (key.name.to_owned(), key.schema()));
    json!({
        "type": "object",
        "description": description,
        "properties": Map::from_iter(properties),
        "additionalProperties": false,
    })
}
