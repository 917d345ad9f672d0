//! A column as it is in a file.

use super::date;
use crate::data::quality::remedy;

/// A column as it is in a file.
#[derive(Default)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) cells: Cells,
    /// Whether the file marks it as an index.
    pub(crate) is_index: bool,
    /// Whether the file marks it as categorical.
    pub(crate) is_category: bool,
    /// Whether the file states the type of its values.
    pub(crate) has_type: bool,
    /// A number whose point may separate thousands or decimals.
    pub(crate) ambiguous_number: Option<String>,
}

/// The cells of a column; `None` for an empty cell.
pub(crate) enum Cells {
    Numbers(Vec<Option<f64>>),
    /// Whole numbers, which a 64-bit float may round.
    Whole(Vec<Option<i64>>),
    Unsigned(Vec<Option<u64>>),
    Flags(Vec<Option<bool>>),
    /// Texts, some of which may be numbers, as in a CSV.
    Texts(Vec<Option<String>>),
    /// Texts of a file without types, unchanged: names or numbers.
    Untyped(Vec<Option<String>>),
    /// The name of a type that is not supported.
    Unsupported(String),
}

/// What the names in a column stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Classes.
    Label,
    /// The categories of a feature.
    Category,
}

impl Default for Cells {
    fn default() -> Self {
        Self::Numbers(Vec::new())
    }
}

impl Cells {
    /// The number of rows; 0 for an unsupported type, whose values are not kept.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Numbers(cells) => cells.len(),
            Self::Whole(cells) => cells.len(),
            Self::Unsigned(cells) => cells.len(),
            Self::Flags(cells) => cells.len(),
            Self::Texts(cells) | Self::Untyped(cells) => cells.len(),
            Self::Unsupported(_) => 0,
        }
    }
}

impl Column {
    /// An error about the cell in this row, counted from 0.
    pub(crate) fn cell_error(&self, row: usize, what: &str) -> String {
        format!("column `{}`, row {}: {what}", self.name, row + 1)
    }

    /// The error for a feature of a type that is not supported.
    pub(crate) fn unsupported_type(&self, kind: &str) -> String {
        let name = &self.name;
        if date::is_date_type(kind) {
            return date::refusal(name, kind);
        }
        format!(
            "the column `{name}` has values of the type {kind}, but features are numbers, booleans \
             or text; write it as one of these, or leave it out: {}",
            remedy::drop_setting(name)
        )
    }

    /// The error for a column of names of a type that is not supported.
    pub(crate) fn unsupported_names(&self, kind: &str, role: Role) -> String {
        match role {
            Role::Label => format!(
                "the label column `{}` has values of the type {kind}; classes are whole numbers, \
                 booleans or text",
                self.name
            ),
            Role::Category => self.unsupported_type(kind),
        }
    }
}
