//! How the columns of a table have become the features of a model: kept with what is known of the data
//! and with an exported model, so that new rows are encoded alike.

use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// How the columns of a table become features.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Encoding {
    /// The columns that are used, in the order of their features.
    pub columns: Vec<EncodedColumn>,
    /// Texts that stand for a missing value in any feature column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub na_values: Vec<String>,
    /// Columns that are left out: names, in which `*` stands for any text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
}

/// A column, and what it becomes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EncodedColumn {
    /// Its name.
    pub name: String,
    /// What its cells hold.
    pub kind: ColumnKind,
    /// What is subtracted from its numbers in 64 bits, where 32 bits could not tell them apart; else 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub offset: f64,
    /// Whether a further feature is 1 where its value is missing, and 0 elsewhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub indicator: bool,
}

/// What the cells of a column hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Numbers: one feature.
    Number,
    /// True or false: one feature, 1 or 0.
    #[serde(rename = "flag")]
    Boolean,
    /// Categories: a feature for each of these levels, 1 where the cell has it and 0 elsewhere.
    OneHot(Vec<String>),
    /// Categories in an order: one feature, the position of the cell's level, from 0.
    Ordinal(Vec<String>),
}

fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

impl ColumnKind {
    /// How many features it becomes, without an indicator.
    pub fn features(&self) -> usize {
        match self {
            Self::OneHot(categories) => categories.len(),
            Self::Number | Self::Boolean | Self::Ordinal(_) => 1,
        }
    }
}

impl EncodedColumn {
    /// How many features it becomes.
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

    /// How many features there are.
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
    /// A reason, in words: an offset that is too large, equal levels or columns, a column without levels.
    pub fn validate(&self) -> Result<(), String> {
        /// The maximum: differences of whole numbers must fit into 128 bits.
        const MAX_OFFSET: f64 = 1e30;
        for column in &self.columns {
            let (name, offset) = (&column.name, column.offset);
            if !offset.is_finite() || offset.abs() > MAX_OFFSET {
                return Err(format!(
                    "the offset of column `{name}` cannot be subtracted"
                ));
            }
            if let ColumnKind::OneHot(categories) | ColumnKind::Ordinal(categories) = &column.kind {
                let different: HashSet<&String> = categories.iter().collect();
                if categories.is_empty() || different.len() < categories.len() {
                    return Err(format!("column `{name}` needs levels that differ"));
                }
            }
        }
        let names: HashSet<&String> = self.columns.iter().map(|column| &column.name).collect();
        if names.len() == self.columns.len() {
            Ok(())
        } else {
            Err("two encoded columns have one name".to_owned())
        }
    }

    /// Whether each column is one feature, a number as it is, and nothing is left out or marked as missing.
    pub fn is_plain(&self) -> bool {
        let is_plain = |column: &EncodedColumn| {
            let is_number = column.kind == ColumnKind::Number;
            is_number && !column.indicator && is_zero(&column.offset)
        };
        self.columns.iter().all(is_plain) && self.drop.is_empty() && self.na_values.is_empty()
    }
}
