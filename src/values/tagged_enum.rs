//! Enums whose variants have settings, such as a schedule or an initialisation.

use super::config_value::ConfigValue;
use crate::yaml::diagnostic::{Diagnostic, nearest};
use crate::yaml::node::{YamlNode, YamlValue};
use serde_json::{Map, Value, json};

/// A variant as written in a sweep file: its name, and its settings if any.
pub(crate) struct TaggedValue<'a> {
    pub(crate) name: &'a str,
    node: &'a YamlNode,
    fields: Option<&'a YamlNode>,
}

/// Reads `name`, or `{ name: settings }`.
///
/// # Errors
/// The value has neither of these forms, or its name is not in `names`.
pub(crate) fn parse_tagged<'a>(
    node: &'a YamlNode,
    noun: &str,
    names: &[&'static str],
    expected: &str,
) -> Result<TaggedValue<'a>, Diagnostic> {
    match &node.value {
        YamlValue::String(name) if names.contains(&name.as_str()) => Ok(TaggedValue {
            name,
            node,
            fields: None,
        }),
        YamlValue::String(name) => {
            let diagnostic = Diagnostic::new(&node.span, format!("unknown {noun} `{name}`"));
            let candidates: Vec<&str> = names
                .iter()
                .filter(|known| !name.is_empty() && known.starts_with(name.as_str()))
                .copied()
                .collect();
            Err(diagnostic.with_help(
                match (nearest(name, names.iter().copied()), &candidates[..]) {
                    (_, [_, ..]) => format!("did you mean {}?", candidates.join(" or ")),
                    (Some(near), _) => format!("did you mean `{near}`?"),
                    (None, _) => format!("known: {}", names.join(", ")),
                },
            ))
        }
        YamlValue::Map(entries) if entries.len() == 1 => {
            let entry = &entries[0];
            if names.contains(&entry.key.as_str()) {
                Ok(TaggedValue {
                    name: &entry.key,
                    node: &entry.node,
                    fields: (entry.node.value != YamlValue::Null).then_some(&entry.node),
                })
            } else {
                Err(entry.unknown_key(names.iter().copied()))
            }
        }
        _ => Err(node.unexpected(expected)),
    }
}

impl TaggedValue<'_> {
    /// Checks that the variant has only settings in `known`.
    ///
    /// # Errors
    /// The first setting that is not in `known`.
    pub(crate) fn only(&self, known: &[&'static str]) -> Result<(), Diagnostic> {
        match self.fields.map(|node| &node.value) {
            Some(YamlValue::Map(entries)) => {
                let unknown =
                    |entry: &&crate::yaml::node::YamlEntry| !known.contains(&entry.key.as_str());
                match entries.iter().find(unknown) {
                    Some(entry) if known.is_empty() => Err(self.no_settings(&entry.node)),
                    Some(entry) => Err(entry.unknown_key(known.iter().copied())),
                    None => Ok(()),
                }
            }
            // The name of a single setting may be left out: { exponential: 0.9 }.
            Some(_) if known.len() == 1 => Ok(()),
            Some(_) if known.is_empty() => Err(self.no_settings(self.node)),
            Some(_) => Err(self
                .node
                .unexpected(&format!("the settings of `{}`", self.name))),
            None => Ok(()),
        }
    }

    fn no_settings(&self, at: &YamlNode) -> Diagnostic {
        Diagnostic::new(&at.span, format!("`{}` has no settings", self.name))
            .with_help(format!("write `{}`", self.name))
    }

    /// Reads the setting `field`, or returns its default.
    ///
    /// # Errors
    /// The setting does not accept the value, or it is missing and has no default.
    pub(crate) fn field<T: ConfigValue>(
        &self,
        field: &str,
        default: Option<T>,
        example: &str,
    ) -> Result<T, Diagnostic> {
        let value = match self.fields.map(|node| &node.value) {
            Some(YamlValue::Map(_)) => self.node.get(field),
            Some(_) => self.fields,
            None => None,
        };
        match (value, default) {
            (Some(value), _) => T::read(value),
            (None, Some(default)) => Ok(default),
            (None, None) => Err(Diagnostic::new(
                &self.node.span,
                format!("`{}` requires `{field}`", self.name),
            )
            .with_help(format!("write {{ {}: {example} }}", self.name))),
        }
    }
}

/// A setting of a variant.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) value: Value,
    /// The default, as JSON.
    pub(crate) default: Option<Value>,
}

/// The variant as JSON: only its name if all settings have their defaults.
pub(crate) fn to_value(name: &str, fields: &[Field]) -> Value {
    if fields.iter().all(|f| f.default.as_ref() == Some(&f.value)) {
        return Value::from(name);
    }
    let settings: Map<String, Value> = fields
        .iter()
        .map(|field| (field.name.to_owned(), field.value.clone()))
        .collect();
    json!({ name: settings })
}

/// A variant for the schema: its name, and the name and schema of each setting and whether it is required.
pub(crate) type VariantSchema = (&'static str, Vec<(&'static str, Value, bool)>);

/// The JSON Schema of all variants.
pub(crate) fn schema(variants: &[VariantSchema]) -> Value {
    let bare_names: Vec<&str> = variants
        .iter()
        .filter(|(_, fields)| fields.iter().all(|(_, _, required)| !required))
        .map(|(name, _)| *name)
        .collect();
    let settings: Map<String, Value> = variants
        .iter()
        .map(|(name, fields)| {
            let properties: Map<String, Value> = fields
                .iter()
                .map(|(field, schema, _)| ((*field).to_owned(), schema.clone()))
                .collect();
            let required: Vec<&str> = fields
                .iter()
                .filter(|(_, _, required)| *required)
                .map(|(field, _, _)| *field)
                .collect();
            let object = json!({ "type": "object", "properties": properties,
                                 "required": required, "additionalProperties": false });
            let schema = match fields.as_slice() {
                [(_, only, _)] => json!({ "anyOf": [object, only] }),
                _ => object,
            };
            ((*name).to_owned(), schema)
        })
        .collect();
    json!({ "anyOf": [
        { "enum": bare_names },
        { "type": "object", "properties": settings, "minProperties": 1, "maxProperties": 1,
          "additionalProperties": false },
    ] })
}

/// Defines an enum whose variants have settings: `name`, or `{ name: { setting: value } }`.
///
/// Each field has a type and, unless it is required, a default. A variant with a required field has
/// an `example`, which messages show.
macro_rules! tagged_enum {
    ($(#[$meta:meta])* pub enum $type:ident, $noun:literal, $expected:literal {
        $($(#[$variant_meta:meta])* $variant:ident = $name:literal {
            $($(#[$field_meta:meta])* $field:ident: $field_type:ty $(= $default:expr)?,)*
        } $(example $example:literal)?,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $type {
            $($(#[$variant_meta])* $variant {
                $($(#[$field_meta])* $field: $field_type,)*
            },)+
        }

        impl $type {
            /// The names in a sweep file.
            pub const NAMES: &'static [&'static str] = &[$($name,)+];
        }

        impl $crate::values::config_value::ConfigValue for $type {
            fn expected() -> String {
                $expected.to_owned()
            }
            fn read(node: &$crate::yaml::node::YamlNode)
                -> Result<Self, $crate::yaml::diagnostic::Diagnostic>
            {
                let tagged =
                    $crate::values::tagged_enum::parse_tagged(node, $noun, Self::NAMES, $expected)?;
                match tagged.name {
                    $($name => {
                        tagged.only(&[$(stringify!($field),)*])?;
                        let _example = concat!("" $(, $example)?);
                        Ok(Self::$variant {
                            $($field: tagged.field::<$field_type>(
                                stringify!($field),
                                None$(.or(Some($default)))?,
                                _example,
                            )?,)*
                        })
                    })+
                    _ => Err(node.unexpected($expected)),
                }
            }
            fn to_value(&self) -> serde_json::Value {
                match self {
                    $(Self::$variant { $($field,)* } => $crate::values::tagged_enum::to_value($name, &[
                        $($crate::values::tagged_enum::Field {
                            name: stringify!($field),
                            value: $crate::values::config_value::ConfigValue::to_value($field),
                            default: None::<$field_type>$(.or(Some($default)))?
                                .as_ref().map($crate::values::config_value::ConfigValue::to_value),
                        },)*
                    ]),)+
                }
            }
            fn schema() -> serde_json::Value {
                $crate::values::tagged_enum::schema(&[$(
                    ($name, vec![$((
                        stringify!($field),
                        <$field_type as $crate::values::config_value::ConfigValue>::schema(),
                        None::<$field_type>$(.or(Some($default)))?.is_none(),
                    ),)*]),
                )+])
            }
        }
    };
}
pub(crate) use tagged_enum;
