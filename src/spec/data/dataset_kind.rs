//! A built-in data set, or the format of the user's own files.

use crate::datasets::KnownSet;
use crate::values::config_value::{ConfigValue, ListItem, read_name_in};
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::YamlNode;
use serde_json::{Value, json};
use std::fmt;

/// A built-in data set, or the format of the user's own files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DatasetKind {
    /// A data set known by name.
    Known(KnownSet),
    /// A table with a column of labels: CSV or Parquet.
    Table,
    /// PNG or JPEG images, one folder per class.
    Images,
    /// Files in IDX, the format of MNIST.
    Idx,
    /// NumPy arrays.
    Npy,
}

impl DatasetKind {
    /// All data sets and formats.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        let formats = [Self::Table, Self::Images, Self::Idx, Self::Npy];
        KnownSet::all().map(Self::Known).chain(formats)
    }

    /// The name in a sweep file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Known(set) => set.definition().name,
            Self::Table => "table",
            Self::Images => "images",
            Self::Idx => "idx",
            Self::Npy => "npy",
        }
    }

    /// Whether this is a built-in data set.
    pub fn is_builtin(self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// Whether mean and standard deviation of its features are published.
    pub fn has_published_moments(self) -> bool {
        matches!(self, Self::Known(set) if set.moments.is_some())
    }

    fn names() -> Vec<&'static str> {
        Self::all().map(Self::name).collect()
    }
}

impl ConfigValue for DatasetKind {
    fn expected() -> String {
        format!("one of {}", Self::names().join(", "))
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        let index = read_name_in(node, &Self::names())?;
        // The names are in this order.
        Ok(Self::all()
            .nth(index)
            .unwrap_or(Self::Known(KnownSet::MNIST)))
    }
    fn to_value(&self) -> Value {
        self.name().into()
    }
    fn schema() -> Value {
        json!({ "enum": Self::names() })
    }
}

impl ListItem for DatasetKind {
    fn expected_items() -> String {
        Self::names().join(", ")
    }
}

impl fmt::Display for DatasetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
