//! A column of the table of trials.

use super::cell::Cell;
use serde::Serialize;

/// A column of the table of trials. Factors and numbers also have a filter, and an axis among the
/// parallel coordinates while they are shown.
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    /// A name that no other column has, without `#` in front: the header in exported CSV, and
    /// what addresses of the page call it.
    pub key: String,
    /// The header, without unit: that comes from the kind.
    pub label: String,
    /// What the cells are.
    pub kind: Kind,
    /// A sentence about what it is and how it is measured; empty for none.
    pub tooltip: String,
    /// Which way is better.
    pub better: Better,
    /// Whether it is shown before the reader chooses columns.
    pub shown: bool,
    /// A factor's levels in the order of the sweep. Levels in rows that are not listed follow,
    /// numbers in ascending order; so an empty list is right for numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<Cell>,
    /// [`Column::key`] of the column with the standard deviation of this one, of the same kind:
    /// shown behind `±`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deviation: Option<String>,
}

/// What the cells of a column are: how they are written, sorted and filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Texts that differ from trial to trial.
    Text,
    /// Levels of a factor: numbers, texts or flags. Filtered by check boxes, or by a range where
    /// there are many numbers.
    Factor,
    /// Numbers such as losses.
    Number,
    /// Shares from 0 to 1, written in percent.
    Percent,
    /// Seconds.
    Seconds,
    /// Bytes, written in mebibytes.
    Bytes,
    /// Whole numbers, or their means.
    Count,
    /// [`Cell::Flag`]: a mark where it is true.
    Mark,
}

/// Which way of a column is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Larger is better: sorted in descending order first.
    High,
    /// Smaller is better.
    Low,
    /// Neither.
    None,
}

impl Column {
    /// A column that is shown, without tooltip, levels and deviation, no way of which is better.
    pub fn new(key: impl Into<String>, label: impl Into<String>, kind: Kind) -> Self {
        Self {
            key: key.into(),
            label: label.into(),
            kind,
            tooltip: String::new(),
            better: Better::None,
            shown: true,
            levels: Vec::new(),
            deviation: None,
        }
    }
}
