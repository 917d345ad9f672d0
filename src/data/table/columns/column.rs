//! A column as a file has it.

use super::date;
use crate::data::quality::remedy;

/// A column as a file has it.
#[derive(Default)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) cells: Cells,
    /// Whether the file itself says that it is an index.
    pub(crate) is_index: bool,
    /// Whether the file itself says that it holds categories.
    pub(crate) is_category: bool,
    /// Whether the file itself says what type its values have.
    pub(crate) has_type: bool,
    /// A number of which it is unclear whether its point separates thousands or decimals.
    pub(crate) unclear: Option<String>,
}

/// The cells of a column; nothing where a cell is empty.
pub(crate) enum Cells {
    Numbers(Vec<Option<f64>>),
    /// Whole numbers, which 64-bit floats may round.
    Whole(Vec<Option<i64>>),
    Unsigned(Vec<Option<u64>>),
    Flags(Vec<Option<bool>>),
    /// Texts of which some may be numbers, as in a CSV.
    Texts(Vec<Option<String>>),
    /// Texts as they stand in a file that tells no types: names or numbers.
    Written(Vec<Option<String>>),
    /// Values of a type that is neither, with its name.
    Other(String),
}

/// What the names of a column are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The classes.
    Label,
    /// The levels of a feature.
    Category,
}

impl Default for Cells {
    fn default() -> Self {
        Self::Numbers(Vec::new())
    }
}

impl Cells {
    /// How many rows there are; of values of another type none are kept.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Numbers(cells) => cells.len(),
            Self::Whole(cells) => cells.len(),
            Self::Unsigned(cells) => cells.len(),
            Self::Flags(cells) => cells.len(),
            Self::Texts(cells) | Self::Written(cells) => cells.len(),
            Self::Other(_) => 0,
        }
    }
}

impl Column {
    /// A fault of one cell; rows are counted from 1.
    pub(crate) fn fault(&self, row: usize, what: &str) -> String {
        format!("column `{}`, row {}: {what}", self.name, row + 1)
    }

    /// The message that a feature has values of a type that cannot be used.
    pub(crate) fn wrong_type(&self, kind: &str) -> String {
        let name = &self.name;
        match date::is_type(kind) {
            true => date::refused(name, kind),
            false => format!(
                "the column `{name}` has values of the type {kind}, and features are numbers, truth \
                 values or text; write it as one of these, or leave it out: {}",
                remedy::drop(name)
            ),
        }
    }

    /// The message that a column of names has values of a type that has none.
    pub(crate) fn no_names(&self, kind: &str, role: Role) -> String {
        match role {
            Role::Label => format!(
                "the label column `{}` has values of the type {kind}; classes are whole numbers, truth \
                 values or text",
                self.name
            ),
            Role::Category => self.wrong_type(kind),
        }
    }
}
