//! How the columns of a table become the features of a model. It is recorded with the data set and in
//! an exported model, so that new rows are encoded in the same way.

use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// How the columns of a table become features.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Encoding {
    /// The columns that are used, in the order of their features.
    pub columns: Vec<EncodedColumn>,
    /// Texts that mark a missing value in any feature column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub na_values: Vec<String>,
    /// Names of columns that are not used; `*` matches any text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
}

/// A column, and the features that it becomes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EncodedColumn {
    /// Its name.
    pub name: String,
    /// The kind of its values.
    pub kind: ColumnKind,
    /// The offset that is subtracted from its numbers in 64 bits, if they are not distinct in 32 bits;
    /// otherwise 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub offset: f64,
    /// Whether an additional feature is 1 where its value is missing, and 0 elsewhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub indicator: bool,
}

/// The kind of the values of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Numbers: one feature.
    Number,
    /// True or false: one feature, 1 or 0.
    #[serde(rename = "flag")]
    Boolean,
    /// Categories: one feature for each, which is 1 where the cell has it and 0 elsewhere.
    OneHot(Vec<String>),
    /// Ordered categories: one feature, the position of the category, from 0.
    Ordinal(Vec<String>),
}

fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

impl ColumnKind {
    /// The number of its features, without an indicator.
    pub fn features(&self) -> usize {
        match self {
            Self::OneHot(categories) => categories.len(),
            Self::Number | Self::Boolean | Self::Ordinal(_) => 1,
        }
    }
}

impl EncodedColumn {
    /// The number of its features.
    pub fn width(&self) -> usize {
        self.kind.features() + usize::from(self.indicator)
    }

    /// The names of its features.
    pub fn features(&self) -> Vec<String> {
        let name = &self.name;
        let mut features = match &self.kind {
            ColumnKind::OneHot(categories) => categories
                .iter()
                .map(|level| format!("{name}={level}"))
                .collect(),
            ColumnKind::Number | ColumnKind::Boolean | ColumnKind::Ordinal(_) => vec![name.clone()],
        };
        if self.indicator {
            features.push(format!("{name} is missing"));
        }
        features
    }
}

impl Encoding {
    /// The names of all features.
    pub fn features(&self) -> Vec<String> {
        self.columns
            .iter()
            .flat_map(EncodedColumn::features)
            .collect()
    }

    /// The number of all features.
    pub fn width(&self) -> usize {
        self.columns.iter().map(EncodedColumn::width).sum()
    }

    /// The column that each feature comes from.
    pub fn sources(&self) -> Vec<&str> {
        let columns = self.columns.iter();
        columns
            .flat_map(|column| std::iter::repeat_n(column.name.as_str(), column.width()))
            .collect()
    }

    /// Checks an encoding that was read from a file.
    ///
    /// # Errors
    /// A message, if an offset is too large, if categories or names of columns repeat, or if a
    /// categorical column has no category.
    pub fn validate(&self) -> Result<(), String> {
        /// The maximum, so that differences of whole numbers fit into 128 bits.
        const MAX_OFFSET: f64 = 1e30;
        for column in &self.columns {
            let (name, offset) = (&column.name, column.offset);
            if !offset.is_finite() || offset.abs() > MAX_OFFSET {
                return Err(format!("the offset of column `{name}` is out of range"));
            }
            if let ColumnKind::OneHot(categories) | ColumnKind::Ordinal(categories) = &column.kind {
                let distinct: HashSet<&String> = categories.iter().collect();
                if categories.is_empty() || distinct.len() < categories.len() {
                    return Err(format!("column `{name}` has no category, or has one twice"));
                }
            }
        }
        let names: HashSet<&String> = self.columns.iter().map(|column| &column.name).collect();
        if names.len() == self.columns.len() {
            Ok(())
        } else {
            Err("two encoded columns have the same name".to_owned())
        }
    }

    /// Whether each column is one unchanged number, and no columns are left out or values marked as
    /// missing.
    pub fn is_plain(&self) -> bool {
        let is_plain = |column: &EncodedColumn| {
            let is_number = column.kind == ColumnKind::Number;
            is_number && !column.indicator && is_zero(&column.offset)
        };
        self.columns.iter().all(is_plain) && self.drop.is_empty() && self.na_values.is_empty()
    }
}
