//! What a column of features holds, as its training rows show it.

use super::column::{Cells, Column};
use super::label::{Role, names};
use super::missing::{Missing, is_marker};
use super::{date, hints};
use crate::data::own::in_order;
use crate::spec::{ColumnKind, Columns};

/// The most levels of a column of text that no setting calls categorical.
const MOST_LEVELS: usize = 100;

/// The most levels of a column that is listed as categorical.
const MOST_LISTED_LEVELS: usize = 1000;

/// In fewer rows all texts may differ by chance.
const MIN_ROWS: usize = 20;

/// What a column holds: as the settings say, else as the rows at these positions show it.
///
/// # Errors
/// A reason, in words: dates, a text of its own in nearly each row, numbers and text in one column.
pub(super) fn kind(
    column: &Column,
    rows: &[u32],
    settings: &Columns,
    missing: &Missing,
) -> Result<ColumnKind, String> {
    let ordinal = settings.ordinal.as_ref();
    if let Some(levels) = ordinal.and_then(|columns| columns.levels(&column.name)) {
        return Ok(ColumnKind::Ordinal(
            levels.iter().map(str::to_owned).collect(),
        ));
    }
    let listed = settings.categorical.as_ref();
    if listed.is_some_and(|names| names.contains(&column.name)) {
        return listed_levels(column, rows, missing).map(ColumnKind::OneHot);
    }
    match &column.cells {
        Cells::Numbers(_) | Cells::Whole(_) | Cells::Unsigned(_) => Ok(ColumnKind::Number),
        Cells::Flags(_) => Ok(ColumnKind::Flag),
        Cells::Texts(texts) | Cells::Written(texts) => of_texts(column, texts, rows, missing),
        Cells::Other(kind) => Err(column.wrong_type(kind)),
    }
}

/// The names in a column; nothing where a value is missing.
///
/// # Errors
/// Values that are no names.
pub(super) fn present_names(
    column: &Column,
    missing: &Missing,
) -> Result<Vec<Option<String>>, String> {
    let names = names(column, Role::Category)?;
    let present = |name: Option<String>| name.filter(|name| !missing.is_text(name));
    Ok(names.into_iter().map(present).collect())
}

/// Whether a text is true or false in any case of letters.
pub(super) fn flag(text: &str) -> Option<bool> {
    let is = |flag: &str| text.trim().eq_ignore_ascii_case(flag);
    match (is("true"), is("false")) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

fn listed_levels(column: &Column, rows: &[u32], missing: &Missing) -> Result<Vec<String>, String> {
    let (cells, levels) = levels(column, rows, missing)?;
    let name = &column.name;
    if levels.len() > MOST_LISTED_LEVELS {
        return Err(format!(
            "the column `{name}` has {} categories, and at most {MOST_LISTED_LEVELS} are supported; \
             leave it out: data.drop: [\"{name}\"], or join rare ones",
            levels.len()
        ));
    }
    if levels.len() == cells && cells >= MIN_ROWS {
        return Err(format!(
            "the column `{name}` has a category of its own in each of {cells} rows: a feature that \
             tells the row would tell the class; leave it out: data.drop: [\"{name}\"]"
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
    let names = present_names(column, missing)?;
    let present: Vec<String> = rows
        .iter()
        .filter_map(|&row| names[row as usize].clone())
        .collect();
    Ok((present.len(), in_order(present)))
}

fn of_texts(
    column: &Column,
    texts: &[Option<String>],
    rows: &[u32],
    missing: &Missing,
) -> Result<ColumnKind, String> {
    let present: Vec<(usize, &str)> = rows
        .iter()
        .filter_map(|&row| Some((row as usize, texts[row as usize].as_deref()?)))
        .filter(|(_, text)| !missing.is_text(text))
        .collect();
    let values: Vec<(usize, &str)> = present
        .iter()
        .copied()
        .filter(|(_, text)| !is_marker(text))
        .collect();
    let count = |is: &dyn Fn(&str) -> bool| values.iter().filter(|(_, text)| is(text)).count();
    let is_number = |text: &str| text.trim().parse::<f64>().is_ok();
    let numbers = count(&is_number);
    if numbers == values.len() {
        return Ok(ColumnKind::Number);
    }
    if count(&|text| flag(text).is_some()) == values.len() {
        return Ok(ColumnKind::Flag);
    }
    let name = &column.name;
    let first = |is: &dyn Fn(&str) -> bool| values.iter().find(|(_, text)| is(text)).copied();
    if 2 * count(&date::is_date) > values.len()
        && let Some((_, example)) = first(&date::is_date)
    {
        return Err(date::refused(name, &format!("`{}`", example.trim())));
    }
    let is_formatted = |text: &str| !is_number(text) && hints::is_formatted_number(text);
    if 2 * count(&is_formatted) > values.len()
        && let Some((row, example)) = first(&is_formatted)
    {
        return Err(format!(
            "{}; if these are categories, list the column: data.categorical: [\"{name}\"]",
            column.fault(row, &hints::not_a_number(example))
        ));
    }
    if numbers > 0
        && let Some((row, text)) = first(&|text| !is_number(text))
    {
        return Err(format!(
            "{}, and {numbers} of {} cells are numbers; correct it, or, if it stands for a missing \
             value, say so: data.na_values: [\"{}\"]. If all of them are categories: \
             data.categorical: [\"{name}\"]; to leave the column out: data.drop: [\"{name}\"]",
            column.fault(row, &format!("`{}` is text", text.trim())),
            values.len(),
            text.trim(),
        ));
    }
    let (cells, levels) = levels(column, rows, missing)?;
    if levels.len() > MOST_LEVELS || 2 * levels.len() > cells && cells >= MIN_ROWS {
        return Err(format!(
            "the column `{name}` has {} different texts in {cells} rows, and a feature for each would \
             hardly generalise; leave it out: data.drop: [\"{name}\"], or, if they are categories, \
             list it: data.categorical: [\"{name}\"]",
            levels.len()
        ));
    }
    Ok(ColumnKind::OneHot(levels))
}
