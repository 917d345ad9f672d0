//! A column of the table of trials.

use super::cell::Cell;
use serde::Serialize;

/// A column of the table of trials. Factors and numbers also have a filter and, while the column is
/// shown, an axis in the parallel coordinates.
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    /// A unique name that does not start with `#`: the header in the exported CSV and the key in
    /// the page's address.
    pub key: String,
    /// The header without the unit, which follows from the kind.
    pub label: String,
    /// The kind of the cells.
    pub kind: Kind,
    /// A sentence about the meaning and measurement of the column; empty for none.
    pub tooltip: String,
    /// The direction in which values improve.
    pub better: Better,
    /// Whether the column is shown initially.
    pub shown: bool,
    /// A factor's levels in the order of the sweep. Other levels of the rows follow, numbers in
    /// ascending order; so a factor with numeric levels needs no list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<Cell>,
    /// The [`Column::key`] of the standard deviation, which has the same kind: shown after `±`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deviation: Option<String>,
}

/// The kind of a column's cells, which determines how they are formatted, sorted and filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Texts, different in most trials.
    Text,
    /// Levels of a factor: numbers, texts or flags. Filtered by check boxes, or by a range if there
    /// are many numbers.
    Factor,
    /// Numbers, such as losses.
    Number,
    /// Shares from 0 to 1, shown in percent.
    Percent,
    /// Seconds.
    Seconds,
    /// Bytes, shown in mebibytes.
    Bytes,
    /// Whole numbers, or their means.
    Count,
    /// [`Cell::Flag`]: shown as a mark if true.
    Mark,
}

/// The direction in which the values of a column improve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Larger is better: the first sort is descending.
    High,
    /// Smaller is better.
    Low,
    /// Neither.
    None,
}

impl Column {
    /// Makes a visible column without tooltip, levels, deviation and direction.
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

    /// The column, initially not shown.
    pub(super) fn hidden(self) -> Self {
        Self {
            shown: false,
            ..self
        }
    }

    /// The column, with smaller values being better.
    pub(super) fn low(self) -> Self {
        Self {
            better: Better::Low,
            ..self
        }
    }
}
