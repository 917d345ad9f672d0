//! Notes on how the columns of a table become features.

use crate::values::text_list::{MAX_LISTED, with_rest};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How columns become features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnUse {
    /// They are not used.
    LeftOut,
    /// Numbers.
    Numbers,
    /// True or false.
    Flags,
    /// One-hot: each category is a feature.
    OneHot,
    /// Ordinal: the value is the position of the category.
    Ordinal,
    /// An offset is subtracted in 64 bits.
    Offset,
    /// All their values are equal.
    Constant,
    /// Missing values are filled.
    Missing,
}

/// Columns that become features in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnNote {
    /// How they become features.
    pub what: ColumnUse,
    /// The names of the first columns, with details.
    pub columns: Vec<String>,
    /// The number of the others.
    pub more: usize,
}

impl ColumnNote {
    /// A note on these columns; `None` if there are none.
    pub fn new(what: ColumnUse, mut columns: Vec<String>) -> Option<Self> {
        let more = columns.len().saturating_sub(MAX_LISTED);
        columns.truncate(MAX_LISTED);
        (!columns.is_empty()).then_some(Self {
            what,
            columns,
            more,
        })
    }

    /// The note in English.
    pub fn in_english(&self) -> String {
        let (before, after) = match self.what {
            ColumnUse::LeftOut => ("left out", ""),
            ColumnUse::Numbers => ("numbers", ""),
            ColumnUse::Flags => ("true or false", ""),
            ColumnUse::OneHot => ("one-hot, with the number of categories", ""),
            ColumnUse::Ordinal => ("ordinal", ""),
            ColumnUse::Offset => ("an offset is subtracted in 64 bits", ""),
            ColumnUse::Constant => ("constant", ""),
            ColumnUse::Missing => (
                "missing values",
                "; numbers are filled with the median, others with the most frequent value",
            ),
        };
        format!("{before}: {}{after}", self.listed("and", "more"))
    }

    /// The note in French.
    pub fn in_french(&self) -> String {
        let (before, after) = match self.what {
            ColumnUse::LeftOut => ("exclues", ""),
            ColumnUse::Numbers => ("nombres", ""),
            ColumnUse::Flags => ("vrai ou faux", ""),
            ColumnUse::OneHot => ("one-hot, avec le nombre de catégories", ""),
            ColumnUse::Ordinal => ("ordinales", ""),
            ColumnUse::Offset => ("un décalage est soustrait en 64 bits", ""),
            ColumnUse::Constant => ("constantes", ""),
            ColumnUse::Missing => (
                "valeurs manquantes",
                " ; les nombres manquants sont remplacés par la médiane, les autres valeurs par la plus fréquente",
            ),
        };
        format!("{before} : {}{after}", self.listed("et", "de plus"))
    }

    fn listed(&self, and: &str, more: &str) -> String {
        with_rest(&self.columns, self.more, and, more)
    }
}

impl fmt::Display for ColumnNote {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.in_english())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_columns_are_counted() {
        let columns = |count: usize| (0..count).map(|column| format!("c{column}")).collect();
        assert_eq!(ColumnNote::new(ColumnUse::Numbers, Vec::new()), None);
        let few = ColumnNote::new(ColumnUse::LeftOut, columns(2)).unwrap();
        assert_eq!(few.to_string(), "left out: c0, c1");
        let many = ColumnNote::new(ColumnUse::Numbers, columns(300)).unwrap();
        assert!(many.in_english().ends_with("c11 and 288 more"));
        assert!(many.in_french().ends_with("c11 et 288 de plus"));
    }
}
