//! The cells of a column, read as what it holds.

use super::column::{Cells, Column, Role};
use super::label::names;
use super::missing::{Missing, is_marker};
use super::numbers::{Number, numbers};
use crate::data::quality::remedy::shortened;
use crate::spec::ColumnKind;

/// The cells of a column, read as what it holds; nothing where a value is missing.
pub(crate) enum Content {
    /// Numbers, and truth values as 1 and 0.
    Numbers(Vec<Option<Number>>),
    /// The names of levels.
    Names(Vec<Option<String>>),
}

impl Content {
    /// Reads a column as one of this kind.
    ///
    /// # Errors
    /// Cells that are something else.
    pub(crate) fn of(
        column: &Column,
        kind: &ColumnKind,
        missing: &Missing,
    ) -> Result<Self, String> {
        match kind {
            ColumnKind::Number => numbers(column, missing).map(Self::Numbers),
            ColumnKind::Boolean => flags(column, missing).map(Self::Numbers),
            ColumnKind::OneHot(levels) | ColumnKind::Ordinal(levels) => {
                let mut names = names_of(column, missing)?;
                if levels.iter().all(|level| flag(level).is_some()) {
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

/// The names in a column; nothing where a value is missing.
///
/// # Errors
/// Values that are no names.
pub(crate) fn names_of(column: &Column, missing: &Missing) -> Result<Vec<Option<String>>, String> {
    let names = names(column, Role::Category)?;
    let present = |name: Option<String>| name.filter(|name| !missing.is_name(name));
    Ok(names.into_iter().map(present).collect())
}

/// Gives true and false one spelling: pandas writes `True`, R `TRUE`, polars `true`.
fn lower_flags(names: &mut [Option<String>]) {
    for name in names.iter_mut().flatten() {
        if flag(name).is_some() {
            name.make_ascii_lowercase();
        }
    }
}

/// Levels with one spelling of true and false, where they are nothing else.
pub(crate) fn unified(mut levels: Vec<String>) -> Vec<String> {
    if levels.iter().all(|level| flag(level).is_some()) {
        levels
            .iter_mut()
            .for_each(|level| level.make_ascii_lowercase());
    }
    levels
}

/// The truth value that a text names, in upper or lower case; `None` for other texts.
pub(crate) fn flag(text: &str) -> Option<bool> {
    let is = |flag: &str| text.trim().eq_ignore_ascii_case(flag);
    match (is("true"), is("false")) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// Truth values as 1 and 0, which they may be in the file.
fn flags(column: &Column, missing: &Missing) -> Result<Vec<Option<Number>>, String> {
    let number = |flag: bool| Number::Whole(flag.into());
    let neither = |row: usize, cell: &str| {
        column.fault(
            row,
            &format!("`{}` is neither true nor false", shortened(cell)),
        )
    };
    match &column.cells {
        Cells::Flags(cells) => Ok(cells
            .iter()
            .map(|cell| cell.filter(|&flag| !missing.is_flag(flag)).map(number))
            .collect()),
        Cells::Texts(cells) | Cells::Written(cells) => {
            let cell = |(row, text): (usize, &Option<String>)| match text.as_deref() {
                None => Ok(None),
                Some(text) if missing.is_text(text) || is_marker(text) => Ok(None),
                Some(text) => match (flag(text), text.trim()) {
                    (Some(flag), _) => Ok(Some(number(flag))),
                    (None, "1" | "1.0") => Ok(Some(number(true))),
                    (None, "0" | "0.0") => Ok(Some(number(false))),
                    (None, other) => Err(neither(row, other)),
                },
            };
            cells.iter().enumerate().map(cell).collect()
        }
        _ => {
            let cells = numbers(column, missing)?;
            let other =
                |cell: &Option<Number>| cell.is_some_and(|n| ![0.0, 1.0].contains(&n.float()));
            match cells.iter().position(other) {
                Some(row) => {
                    let number = cells[row].map_or(0.0, Number::float);
                    Err(neither(row, &number.to_string()))
                }
                None => Ok(cells),
            }
        }
    }
}
