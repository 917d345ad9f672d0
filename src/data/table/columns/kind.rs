//! What a column of features holds, as its training rows show it.

use super::column::{Cells, Column};
use super::content::{flag, names_of, unified};
use super::date;
use super::label::canonical;
use super::missing::{Missing, is_marker};
use super::numbers::number;
use crate::data::custom::raw_dataset::in_order;
use crate::data::quality::remedy;
use crate::data::table::encoding::hints;
use crate::spec::{ColumnKind, ColumnSettings};
use std::collections::HashSet;

/// The most levels of a column of text that no setting calls categorical.
const MOST_LEVELS: usize = 100;

/// The most levels of a column that is listed as categorical.
const MOST_LISTED_LEVELS: usize = 1000;

/// In fewer rows all texts may differ by chance.
const MIN_ROWS: usize = 20;

/// What a column holds: as the settings or the file say, else as the rows at these positions show it.
///
/// # Errors
/// A reason, in words: dates, a text of its own in nearly each row, numbers and text in one column.
pub(crate) fn kind(
    column: &Column,
    rows: &[u32],
    settings: &ColumnSettings,
    missing: &Missing,
) -> Result<ColumnKind, String> {
    let ordinal = settings.ordinal.as_ref();
    if let Some(levels) = ordinal.and_then(|columns| columns.categories(&column.name)) {
        let levels = unified(levels.iter().map(canonical).collect());
        return Ok(ColumnKind::Ordinal(levels));
    }
    let listed = settings.categorical.as_ref();
    let is_listed = listed.is_some_and(|names| names.contains(&column.name));
    if is_listed || column.is_category {
        return listed_levels(column, rows, missing).map(ColumnKind::OneHot);
    }
    match &column.cells {
        Cells::Numbers(_) | Cells::Whole(_) | Cells::Unsigned(_) => Ok(ColumnKind::Number),
        Cells::Flags(_) => Ok(ColumnKind::Boolean),
        Cells::Texts(texts) | Cells::Written(texts) => of_texts(column, texts, rows, missing),
        Cells::Other(kind) => Err(column.wrong_type(kind)),
    }
}

fn listed_levels(column: &Column, rows: &[u32], missing: &Missing) -> Result<Vec<String>, String> {
    let (cells, levels) = levels(column, rows, missing)?;
    let name = &column.name;
    if levels.len() > MOST_LISTED_LEVELS {
        return Err(format!(
            "the column `{name}` has {} categories, and at most {MOST_LISTED_LEVELS} are supported; \
             merge rare ones, or leave the column out: {}",
            levels.len(),
            remedy::drop(name)
        ));
    }
    if levels.len() == cells && cells >= MIN_ROWS {
        return Err(format!(
            "the column `{name}` has a category of its own in each of {cells} rows: a column that \
             identifies the row can reveal the class; leave it out: {}",
            remedy::drop(name)
        ));
    }
    Ok(levels)
}

/// How many of these rows have a value, and which different ones.
fn levels(
    column: &Column,
    rows: &[u32],
    missing: &Missing,
) -> Result<(usize, Vec<String>), String> {
    let names = names_of(column, missing)?;
    let present: Vec<String> = rows
        .iter()
        .filter_map(|&row| names[row as usize].clone())
        .collect();
    Ok((present.len(), in_order(unified(present))))
}

fn of_texts(
    column: &Column,
    texts: &[Option<String>],
    rows: &[u32],
    missing: &Missing,
) -> Result<ColumnKind, String> {
    let present = rows
        .iter()
        .filter_map(|&row| Some((row as usize, texts[row as usize].as_deref()?)));
    let values: Vec<(usize, &str)> = present
        .filter(|(_, text)| !missing.is_text(text) && !is_marker(text))
        .collect();
    let count = |is: &dyn Fn(&str) -> bool| values.iter().filter(|(_, text)| is(text)).count();
    let first = |is: &dyn Fn(&str) -> bool| values.iter().find(|(_, text)| is(text)).copied();
    // Text of a file that has types is text, whatever stands in it.
    let is_number = |text: &str| !column.has_type && number(text).is_some();
    let numbers = count(&is_number);
    if numbers == values.len() && numbers > 0 {
        return Ok(ColumnKind::Number);
    }
    if values.is_empty() {
        return Ok(ColumnKind::Number);
    }
    if count(&|text| flag(text).is_some()) == values.len() {
        return Ok(ColumnKind::Boolean);
    }
    let name = &column.name;
    if 2 * count(&date::is_date) > values.len()
        && let Some((_, example)) = first(&date::is_date)
    {
        return Err(date::refused(
            name,
            &format!("`{}`", remedy::shortened(example)),
        ));
    }
    let is_formatted =
        |text: &str| !column.has_type && !is_number(text) && hints::is_formatted_number(text);
    let is_text = |text: &str| !is_number(text) && !is_formatted(text);
    // One slip among numbers that are formatted is what stops them from being read.
    if count(&is_formatted) > 0
        && 2 * (numbers + count(&is_formatted)) > values.len()
        && let Some((row, slip)) = first(&is_text)
    {
        return Err(format!(
            "{}; correct it, or, if it stands for a missing value, set {}",
            column.fault(
                row,
                &format!("`{}` is not a number", remedy::shortened(slip))
            ),
            remedy::na_values(slip)
        ));
    }
    if 2 * count(&is_formatted) > values.len()
        && let Some((row, example)) = first(&is_formatted)
    {
        let fault = column.fault(row, &hints::not_a_number(example));
        let different: HashSet<&str> = values.iter().map(|(_, text)| text.trim()).collect();
        return Err(match 2 * different.len() > values.len() {
            true => fault,
            false => format!(
                "{fault}; if these are categories, list the column: {}",
                remedy::categorical(name)
            ),
        });
    }
    if numbers > 0
        && let Some((row, text)) = first(&|text| !is_number(text))
    {
        return Err(mixed(column, row, text, numbers, values.len()));
    }
    let (cells, levels) = levels(column, rows, missing)?;
    if levels.len() > MOST_LEVELS || 2 * levels.len() > cells && cells >= MIN_ROWS {
        let categorical = match levels.len() <= MOST_LISTED_LEVELS && levels.len() < cells {
            true => format!(
                ", or, if they are categories, list it: {}",
                remedy::categorical(name)
            ),
            false => String::new(),
        };
        let are_numbers = levels.iter().all(|level| number(level).is_some());
        return Err(format!(
            "the column `{name}` has {} different texts in {cells} rows, too many for one-hot \
             features; {}leave it out: {}{categorical}",
            levels.len(),
            if are_numbers {
                "write them as numbers, or "
            } else {
                ""
            },
            remedy::drop(name)
        ));
    }
    Ok(ColumnKind::OneHot(levels))
}

/// The message that some cells of a column are numbers and others text.
fn mixed(column: &Column, row: usize, text: &str, numbers: usize, all: usize) -> String {
    let name = &column.name;
    let fault = column.fault(
        row,
        &format!(
            "`{}` is text, but {numbers} of {all} cells are numbers",
            remedy::shortened(text)
        ),
    );
    let (drop, categorical) = (remedy::drop(name), remedy::categorical(name));
    match 10 * numbers > 9 * all {
        true => format!(
            "{fault}; correct it, or, if it stands for a missing value, set {}; if all of them are \
             categories: {categorical}; to leave the column out: {drop}",
            remedy::na_values(text)
        ),
        false => format!(
            "{fault}; leave the column out: {drop}, or, if all of them are categories, list it: \
             {categorical}"
        ),
    }
}
