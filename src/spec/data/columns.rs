//! Settings for the columns of a table: which are left out, which are categorical, and how missing
//! values are filled.

use crate::values::config_value::{ConfigValue, string_enum};
use crate::values::non_empty_string::NonEmptyString;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::{YamlNode, YamlValue};
use serde_json::{Map, Value, json};
use std::sync::Arc;

string_enum! {
    /// How missing values are filled.
    pub enum Impute {
        /// Numbers are filled with the median, other values with the most frequent value, of the run's own
        /// training samples; an additional feature marks missing values.
        Median = "median",
        /// They are not: a table with missing values is refused.
        None = "none",
    }
}

/// The maximum number of names in a list.
const MAX_NAMES: usize = 10_000;

/// One or more names, in order. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnNames(Arc<[NonEmptyString]>);

impl ColumnNames {
    /// These names; `None` if there are none or one is empty.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let names: Arc<[NonEmptyString]> = names
            .into_iter()
            .map(NonEmptyString::new)
            .collect::<Option<_>>()?;
        (!names.is_empty()).then_some(Self(names))
    }

    /// The names.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(NonEmptyString::as_str)
    }

    /// Whether `name` is one of the names.
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|listed| listed == name)
    }
}

impl ConfigValue for ColumnNames {
    fn expected() -> String {
        "a name, or a list of names".to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        match &node.value {
            YamlValue::List(items) if (1..=MAX_NAMES).contains(&items.len()) => items
                .iter()
                .map(NonEmptyString::read)
                .collect::<Result<_, _>>()
                .map(Self),
            YamlValue::String(_) | YamlValue::Integer(_) | YamlValue::Float(_) => {
                NonEmptyString::read(node).map(|name| Self(Arc::new([name])))
            }
            YamlValue::List(items) if items.is_empty() => Err(node
                .unexpected(&Self::expected())
                .with_help("for no columns, write null")),
            _ => Err(node.unexpected(&Self::expected())),
        }
    }
    fn to_value(&self) -> Value {
        self.0.iter().map(ConfigValue::to_value).collect()
    }
    fn schema() -> Value {
        json!({ "anyOf": [NonEmptyString::schema(), {
            "type": "array", "items": NonEmptyString::schema(), "minItems": 1, "maxItems": MAX_NAMES,
        }] })
    }
}

/// Ordinal columns, each with its categories from the lowest to the highest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrdinalColumns(Arc<[(NonEmptyString, ColumnNames)]>);

impl OrdinalColumns {
    /// The columns with their categories.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ColumnNames)> {
        self.0
            .iter()
            .map(|(name, categories)| (name.as_str(), categories))
    }

    /// The categories of `column`; `None` if it is not listed.
    pub fn categories(&self, column: &str) -> Option<&ColumnNames> {
        self.iter()
            .find(|(name, _)| *name == column)
            .map(|(_, categories)| categories)
    }
}

impl ConfigValue for OrdinalColumns {
    fn expected() -> String {
        "columns, each with its categories from the lowest to the highest".to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        let YamlValue::Map(entries) = &node.value else {
            return Err(node
                .unexpected(&Self::expected())
                .with_help("write { size: [small, medium, large] }, for example"));
        };
        if !(1..=MAX_NAMES).contains(&entries.len()) {
            return Err(node.unexpected(&Self::expected()));
        }
        let column = |entry: &crate::yaml::node::YamlEntry| {
            let categories = ColumnNames::read(&entry.node)?;
            let name = NonEmptyString::new(&entry.key);
            let name =
                name.ok_or_else(|| Diagnostic::new(&entry.span, "a column has an empty name"))?;
            let mut seen = std::collections::HashSet::new();
            if let Some(twice) = categories.iter().find(|level| !seen.insert(*level)) {
                let message = format!("`{twice}` is listed twice");
                return Err(
                    Diagnostic::new(&entry.node.span, message).with_help("list each category once")
                );
            }
            if seen.len() < 2 {
                let message = format!("`{name}` has one category, which has no order");
                return Err(Diagnostic::new(&entry.node.span, message)
                    .with_help("write [small, medium, large], for example"));
            }
            Ok((name, categories))
        };
        entries
            .iter()
            .map(column)
            .collect::<Result<_, _>>()
            .map(Self)
    }
    fn to_value(&self) -> Value {
        let entry = |(name, categories): &(NonEmptyString, ColumnNames)| {
            (name.to_string(), categories.to_value())
        };
        Value::Object(self.0.iter().map(entry).collect::<Map<_, _>>())
    }
    fn schema() -> Value {
        json!({ "type": "object", "minProperties": 1, "additionalProperties": {
            "type": "array", "items": NonEmptyString::schema(), "minItems": 2,
        } })
    }
}

/// The settings for the columns of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ColumnSettings {
    /// Columns to leave out; `*` matches any text.
    pub drop: Option<ColumnNames>,
    /// Columns to treat as categorical, even if they hold numbers.
    pub categorical: Option<ColumnNames>,
    /// Columns whose categories have an order.
    pub ordinal: Option<OrdinalColumns>,
    /// Texts that mark a missing value in any feature column.
    pub na_values: Option<ColumnNames>,
    /// How missing values are filled; `None` means [`Impute::Median`].
    pub impute: Option<Impute>,
}

impl ColumnSettings {
    /// How missing values are filled.
    pub fn imputation(&self) -> Impute {
        self.impute.unwrap_or(Impute::Median)
    }

    /// These settings as in a sweep file, without those that are not set or have their default.
    pub fn to_value(&self) -> Value {
        let settings = [
            ("drop", self.drop.to_value()),
            ("categorical", self.categorical.to_value()),
            ("ordinal", self.ordinal.to_value()),
            ("na_values", self.na_values.to_value()),
            (
                "impute",
                self.impute
                    .filter(|&impute| impute != Impute::Median)
                    .to_value(),
            ),
        ];
        let set = settings.into_iter().filter(|(_, value)| !value.is_null());
        Value::Object(set.map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_alone_or_as_a_list_and_keep_their_spelling() {
        let read = |text: &str| ColumnNames::read(&YamlNode::parse(text).unwrap());
        let names = |text: &str| {
            read(text)
                .unwrap()
                .iter()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(names("Name"), ["Name"]);
        assert_eq!(names("[Name, 01, 1.0]"), ["Name", "01", "1.0"]);
        for text in ["[]", "''", "{ a: b }", "['']", "[[a]]"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn categories_have_an_order_and_are_listed_once() {
        let read = |text: &str| OrdinalColumns::read(&YamlNode::parse(text).unwrap());
        let sizes = read("{ size: [small, large], grade: [3, 2, 1] }").unwrap();
        let categories: Vec<&str> = sizes.categories("grade").unwrap().iter().collect();
        assert_eq!(categories, ["3", "2", "1"]);
        assert_eq!(sizes.categories("colour"), None);
        assert_eq!(
            sizes.to_value().to_string(),
            r#"{"size":["small","large"],"grade":["3","2","1"]}"#
        );
        assert!(
            read("{ size: [a, b, a] }")
                .unwrap_err()
                .message
                .contains("`a` is listed twice")
        );
        assert!(
            read("{ size: [a] }")
                .unwrap_err()
                .message
                .contains("one category")
        );
        for text in ["size", "{}", "[size]", "{ size: }"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
