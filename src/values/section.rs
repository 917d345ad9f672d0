//! The sections and keys of a sweep file that change no result, each declared once.

use super::config_value::ConfigValue;
use crate::yaml::diagnostic::{Diagnostic, Diagnostics};
use crate::yaml::node::YamlNode;
use serde_json::{Map, Value, json};

/// A key, for the JSON Schema and the documentation.
pub struct SectionKey {
    /// The name of the key.
    pub(crate) name: &'static str,
    /// What a user has to know about the key. A default stated in words is the last sentence, `Default: ….`; the
    /// reference table shows it instead of the value.
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
        default: &T,
    ) -> Self {
        Self {
            name,
            description,
            expected: T::expected(),
            default: default.to_value(),
            schema: T::schema(),
        }
    }

    /// Whether the values are lists.
    pub(crate) fn is_list(&self) -> bool {
        self.default.is_array()
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

/// A section or top-level key that changes no result.
pub(crate) trait SweepOption: Default {
    /// Reads the section or key. Invalid keys keep their defaults.
    fn read_option(name: &str, node: &YamlNode, diagnostics: &mut Diagnostics) -> Self;

    /// The keys: those of the section, or the key itself, which is `name`.
    fn keys(name: &'static str) -> Vec<SectionKey>;

    /// The JSON Schema of the section or key.
    fn schema(name: &'static str) -> Value;
}

/// A section, as declared by the macro `section!`.
pub trait Section: Default {
    /// What a user has to know about the section.
    const DESCRIPTION: &'static str;

    /// The keys of the section.
    fn keys() -> Vec<SectionKey>;

    /// Sets the key `name`; returns `None` if the section has no such key.
    fn set(&mut self, name: &str, node: &YamlNode) -> Option<Result<(), Diagnostic>>;
}

impl<S: Section> SweepOption for S {
    fn read_option(name: &str, node: &YamlNode, diagnostics: &mut Diagnostics) -> Self {
        let mut section = S::default();
        let what = format!("the settings of `{name}`");
        for entry in diagnostics.record(node.entries(&what)).unwrap_or_default() {
            let unknown = || Err(entry.unknown_key(S::keys().iter().map(|key| key.name)));
            let set = section.set(&entry.key, &entry.node);
            diagnostics.record(set.unwrap_or_else(unknown));
        }
        section
    }

    fn keys(_name: &'static str) -> Vec<SectionKey> {
        S::keys()
    }

    fn schema(_name: &'static str) -> Value {
        let keys = S::keys();
        let properties = keys.iter().map(|key| (key.name.to_owned(), key.schema()));
        json!({
            "type": "object",
            "description": S::DESCRIPTION,
            "properties": Map::from_iter(properties),
            "additionalProperties": false,
        })
    }
}

/// Declares a section: the struct of its settings, with the default of each. The struct's doc comment is the
/// description of the section, that of a field the description of the key with its name.
macro_rules! section {
    (
        $(#[doc = $description:literal])+
        $(#[derive($($derive:ident),+)])?
        pub struct $type:ident {
            $($(#[doc = $doc:literal])+ $key:ident: $value:ty = $default:expr,)+
        }
    ) => {
        $(#[doc = $description])+
        $(#[derive($($derive),+)])?
        pub struct $type { $($(#[doc = $doc])+ pub $key: $value,)+ }

        impl Default for $type {
            fn default() -> Self {
                Self { $($key: $default,)+ }
            }
        }

        impl $crate::values::section::Section for $type {
            const DESCRIPTION: &'static str = concat!($($description),+).trim_ascii();

            fn keys() -> Vec<$crate::values::section::SectionKey> {
                let defaults = Self::default();
                vec![$($crate::values::section::SectionKey::new(
                    stringify!($key),
                    concat!($($doc),+).trim_ascii(),
                    &defaults.$key,
                ),)+]
            }

            fn set(
                &mut self,
                name: &str,
                node: &$crate::yaml::node::YamlNode,
            ) -> Option<Result<(), $crate::yaml::diagnostic::Diagnostic>> {
                use $crate::values::config_value::ConfigValue;
                match name {
                    $(stringify!($key) => Some(
                        ConfigValue::read(node).map(|value| self.$key = value)
                    ),)+
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use section;

/// Declares the description of a top-level key.
macro_rules! top_level_key {
    ($type:ident, $description:literal) => {
        impl $crate::values::section::SweepOption for $type {
            fn read_option(
                _name: &str,
                node: &$crate::yaml::node::YamlNode,
                diagnostics: &mut $crate::yaml::diagnostic::Diagnostics,
            ) -> Self {
                use $crate::values::config_value::ConfigValue;
                diagnostics.record(Self::read(node)).unwrap_or_default()
            }

            fn keys(name: &'static str) -> Vec<$crate::values::section::SectionKey> {
                vec![$crate::values::section::SectionKey::new(
                    name,
                    $description,
                    &Self::default(),
                )]
            }

            fn schema(name: &'static str) -> serde_json::Value {
                Self::keys(name)[0].schema()
            }
        }
    };
}
pub(crate) use top_level_key;
