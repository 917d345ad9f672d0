//! A value with settings that is declared in its own file, and enums of such values.

use super::tagged_enum::{self, TaggedValue, VariantSchema};
use crate::yaml::diagnostic::Diagnostic;
use serde_json::{Value, json};

/// A value of a key, with its settings: `name`, or `{ name: { setting: value } }`.
pub(crate) trait TaggedVariant: Sized {
    /// The name in a sweep file.
    const NAME: &'static str;

    /// What it does, with its source.
    const ABOUT: &'static str;

    /// Reads the settings.
    ///
    /// # Errors
    /// A setting is unknown, or does not accept its value.
    fn read(tagged: &TaggedValue<'_>) -> Result<Self, Diagnostic>;

    /// The value as JSON: only its name if all settings have their defaults.
    fn to_value(&self) -> Value;

    /// The value for the schema.
    fn schema() -> VariantSchema;

    /// The settings with their defaults, as JSON.
    fn defaults() -> Vec<(&'static str, Value)>;
}

/// A variant of an enum of such values, as the documentation shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct VariantInfo {
    /// The name in a sweep file.
    pub(crate) name: &'static str,
    /// What it does, with its source.
    pub(crate) about: &'static str,
    /// The settings with their defaults, as JSON.
    pub(crate) settings: Vec<(&'static str, Value)>,
}

impl VariantInfo {
    /// The information of a variant.
    pub(crate) fn of<T: TaggedVariant>() -> Self {
        Self {
            name: T::NAME,
            about: T::ABOUT,
            settings: T::defaults(),
        }
    }
}

/// What a key with these plain names and variants accepts, in words.
pub(crate) fn expected(plain: &[&str], variants: &[VariantInfo]) -> String {
    let names = variants.iter().map(|variant| variant.name);
    let names: Vec<&str> = plain.iter().copied().chain(names).collect();
    let mut text = format!("one of {}", names.join(", "));
    for VariantInfo { name, settings, .. } in variants {
        if let Some((setting, default)) = settings.first() {
            text += &format!(", {{ {name}: {{ {setting}: {default} }} }}");
        }
    }
    text
}

/// The JSON Schema of a key with these plain names and variants.
pub(crate) fn schema(plain: &[&str], variants: Vec<VariantSchema>) -> Value {
    let names = variants.iter().map(|(name, _)| *name);
    let names: Vec<&str> = plain.iter().copied().chain(names).collect();
    let with_settings: Vec<VariantSchema> = variants
        .into_iter()
        .filter(|(_, fields)| !fields.is_empty())
        .collect();
    let names = json!({ "enum": names });
    if with_settings.is_empty() {
        return names;
    }
    json!({ "anyOf": [names, tagged_enum::schema(&with_settings)] })
}

/// Declares a value with settings: its name in a sweep file, and the type and the default of each setting. The doc
/// comment is its description.
macro_rules! tagged_variant {
    (
        $(#[doc = $about:literal])+
        pub struct $type:ident = $name:literal {
            $($(#[doc = $doc:literal])+ $field:ident: $field_type:ty = $default:expr,)*
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $type {
            $($(#[doc = $doc])+ pub $field: $field_type,)*
        }

        impl Default for $type {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $crate::values::tagged_variant::TaggedVariant for $type {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = concat!($($about),+).trim_ascii();

            fn read(
                tagged: &$crate::values::tagged_enum::TaggedValue<'_>,
            ) -> Result<Self, $crate::yaml::diagnostic::Diagnostic> {
                tagged.only(&[$(stringify!($field),)*])?;
                Ok(Self {
                    $($field: tagged.field(stringify!($field), Some($default), "")?,)*
                })
            }

            fn to_value(&self) -> serde_json::Value {
                $crate::values::tagged_enum::to_value($name, &[
                    $($crate::values::tagged_enum::Field {
                        name: stringify!($field),
                        value: $crate::values::config_value::ConfigValue::to_value(&self.$field),
                        default: Some(
                            $crate::values::config_value::ConfigValue::to_value(&$default)
                        ),
                    },)*
                ])
            }

            fn schema() -> $crate::values::tagged_enum::VariantSchema {
                ($name, vec![$((
                    stringify!($field),
                    <$field_type as $crate::values::config_value::ConfigValue>::schema(),
                    false,
                ),)*])
            }

            fn defaults() -> Vec<(&'static str, serde_json::Value)> {
                vec![$((
                    stringify!($field),
                    $crate::values::config_value::ConfigValue::to_value(
                        &(<Self as Default>::default().$field)
                    ),
                ),)*]
            }
        }
    };
}
pub(crate) use tagged_variant;

/// Defines an enum of values that [`tagged_variant!`] declares, and of the names of a plain type.
macro_rules! variant_enum {
    (
        $(#[$meta:meta])*
        pub enum $type:ident, $noun:literal, $plain:ident($plain_type:ty) {
            $($variant:ident($settings:ty),)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $type {
            #[doc = concat!("[`", stringify!($plain_type), "`]")]
            $plain($plain_type),
            $(
                #[doc = concat!("`", stringify!($variant), "`")]
                $variant($settings),
            )*
        }

        impl $type {
            /// The variants other than the plain names.
            pub(crate) fn variants() -> Vec<$crate::values::tagged_variant::VariantInfo> {
                vec![$($crate::values::tagged_variant::VariantInfo::of::<$settings>(),)*]
            }

            /// All values, with the defaults of their settings.
            pub fn all() -> Vec<Self> {
                let plain = <$plain_type>::ALL.iter().copied().map(Self::$plain);
                plain.chain([$(Self::$variant(<$settings>::default()),)*]).collect()
            }

            /// The name in a sweep file, without settings.
            pub fn name(self) -> &'static str {
                match self {
                    Self::$plain(plain) => plain.name(),
                    $(Self::$variant(_) => {
                        <$settings as $crate::values::tagged_variant::TaggedVariant>::NAME
                    })*
                }
            }
        }

        impl $crate::values::config_value::ConfigValue for $type {
            fn expected() -> String {
                let plain: Vec<_> = <$plain_type>::ALL.iter().map(|plain| plain.name()).collect();
                $crate::values::tagged_variant::expected(&plain, &Self::variants())
            }

            fn read(node: &$crate::yaml::node::YamlNode)
                -> Result<Self, $crate::yaml::diagnostic::Diagnostic>
            {
                use $crate::values::tagged_variant::TaggedVariant;
                let plain = <$plain_type>::ALL;
                let names: Vec<_> = plain
                    .iter()
                    .map(|plain| plain.name())
                    .chain([$(<$settings>::NAME,)*])
                    .collect();
                let expected = Self::expected();
                let tagged =
                    $crate::values::tagged_enum::parse_tagged(node, $noun, &names, &expected)?;
                match tagged.name {
                    $(<$settings as TaggedVariant>::NAME => {
                        <$settings>::read(&tagged).map(Self::$variant)
                    })*
                    name => {
                        tagged.only(&[])?;
                        let named = plain.iter().find(|plain| plain.name() == name);
                        named.copied().map(Self::$plain).ok_or_else(|| node.unexpected(&expected))
                    }
                }
            }

            fn to_value(&self) -> serde_json::Value {
                use $crate::values::tagged_variant::TaggedVariant;
                match self {
                    Self::$plain(plain) => serde_json::Value::from(plain.name()),
                    $(Self::$variant(settings) => TaggedVariant::to_value(settings),)*
                }
            }

            fn schema() -> serde_json::Value {
                #[allow(unused_imports, reason = "there may be no variants")]
                use $crate::values::tagged_variant::TaggedVariant;
                let plain: Vec<_> = <$plain_type>::ALL.iter().map(|plain| plain.name()).collect();
                $crate::values::tagged_variant::schema(&plain, vec![$(<$settings>::schema(),)*])
            }
        }
    };
}
pub(crate) use variant_enum;
