//! The cells of a column, read as the kind of the column.

use super::column::{Cells, Column, Role};
use super::flag::{is_flag, parse_flag};
use super::label::read_names;
use super::missing::{MissingValues, is_missing_marker};
use super::numbers::read_numbers;
use crate::data::formats::number::Number;
use crate::data::quality::remedy::shortened;
use crate::spec::ColumnKind;

/// The cells of a column, read as the kind of the column; `None` for a missing value.
pub(crate) enum ColumnValues {
    /// Numbers; truth values are 1 and 0.
    Numbers(Vec<Option<Number>>),
    /// The names of categories.
    Names(Vec<Option<String>>),
}

impl ColumnValues {
    /// Reads a column as this kind.
    ///
    /// # Errors
    /// Cells of a different kind.
    pub(crate) fn of(
        column: &Column,
        kind: &ColumnKind,
        missing: &MissingValues,
    ) -> Result<Self, String> {
        match kind {
            ColumnKind::Number => read_numbers(column, missing).map(Self::Numbers),
            ColumnKind::Boolean => flags(column, missing).map(Self::Numbers),
            ColumnKind::OneHot(categories) | ColumnKind::Ordinal(categories) => {
                let mut names = present_names(column, missing)?;
                if categories.iter().all(|category| is_flag(category)) {
                    lower_flags(&mut names);
                }
                Ok(Self::Names(names))
            }
        }
    }

    pub(crate) fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Numbers(cells) => cells[row].is_none(),
            Self::Names(cells) => cells[row].is_none(),
        }
    }
}

/// The names in a column; `None` for a missing value.
///
/// # Errors
/// Values that are not names.
pub(crate) fn present_names(
    column: &Column,
    missing: &MissingValues,
) -> Result<Vec<Option<String>>, String> {
    let names = read_names(column, Role::Category)?;
    let present = |name: Option<String>| name.filter(|name| !missing.is_name(name));
    Ok(names.into_iter().map(present).collect())
}

/// Converts truth values to lower case.
fn lower_flags(names: &mut [Option<String>]) {
    for name in names.iter_mut().flatten() {
        if is_flag(name) {
            name.make_ascii_lowercase();
        }
    }
}

/// Truth values as 1 and 0. The file may also have them as numbers.
fn flags(column: &Column, missing: &MissingValues) -> Result<Vec<Option<Number>>, String> {
    let number = |flag: bool| Number::Whole(flag.into());
    let neither = |row: usize, cell: &str| {
        column.cell_error(
            row,
            &format!("`{}` is neither true nor false", shortened(cell)),
        )
    };
    match &column.cells {
        Cells::Flags(cells) => Ok(cells
            .iter()
            .map(|cell| cell.filter(|&flag| !missing.is_flag(flag)).map(number))
            .collect()),
        Cells::Texts(cells) | Cells::Untyped(cells) => {
            let cell = |(row, text): (usize, &Option<String>)| match text.as_deref() {
                None => Ok(None),
                Some(text) if missing.is_text(text) || is_missing_marker(text) => Ok(None),
                Some(text) => match (parse_flag(text), text.trim()) {
                    (Some(flag), _) => Ok(Some(number(flag))),
                    (None, "1" | "1.0") => Ok(Some(number(true))),
                    (None, "0" | "0.0") => Ok(Some(number(false))),
                    (None, other) => Err(neither(row, other)),
                },
            };
            cells.iter().enumerate().map(cell).collect()
        }
        _ => {
            let cells = read_numbers(column, missing)?;
            let other =
                |cell: &Option<Number>| cell.is_some_and(|n| ![0.0, 1.0].contains(&n.to_f64()));
            match cells.iter().position(other) {
                Some(row) => {
                    let number = cells[row].map_or(0.0, Number::to_f64);
                    Err(neither(row, &number.to_string()))
                }
                None => Ok(cells),
            }
        }
    }
}
