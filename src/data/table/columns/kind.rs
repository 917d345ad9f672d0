//! The kind of a feature column, inferred from its training rows.

use super::column::{Cells, Column};
use super::column_values::present_names;
use super::date;
use super::flag::{is_flag, unify_flags};
use super::hints;
use super::label::canonical;
use super::missing::{MissingValues, is_missing_marker};
use super::numbers::parse_number;
use crate::data::custom::raw_dataset::sorted_names;
use crate::data::quality::remedy;
use crate::spec::{ColumnKind, ColumnSettings};
use std::collections::HashSet;

/// The maximum number of categories of a text column that no setting lists as categorical.
const MAX_CATEGORIES: usize = 100;

/// The maximum number of categories of a column that is listed as categorical.
const MAX_LISTED_CATEGORIES: usize = 1000;

/// The minimum number of rows: in fewer, all texts may differ by chance.
const MIN_ROWS: usize = 20;

/// The kind of a column: from the settings or the file, else inferred from the rows at these positions.
///
/// # Errors
/// Dates, a different text in nearly every row, or numbers and text in one column.
pub(crate) fn infer_kind(
    column: &Column,
    rows: &[u32],
    settings: &ColumnSettings,
    missing: &MissingValues,
) -> Result<ColumnKind, String> {
    let ordinal = settings.ordinal.as_ref();
    if let Some(categories) = ordinal.and_then(|columns| columns.categories(&column.name)) {
        let categories = unify_flags(categories.iter().map(canonical).collect());
        return Ok(ColumnKind::Ordinal(categories));
    }
    let listed = settings.categorical.as_ref();
    let is_listed = listed.is_some_and(|names| names.contains(&column.name));
    if is_listed || column.is_category {
        return listed_categories(column, rows, missing).map(ColumnKind::OneHot);
    }
    match &column.cells {
        Cells::Numbers(_) | Cells::Whole(_) | Cells::Unsigned(_) => Ok(ColumnKind::Number),
        Cells::Flags(_) => Ok(ColumnKind::Boolean),
        Cells::Texts(texts) | Cells::Untyped(texts) => kind_of_texts(column, texts, rows, missing),
        Cells::Unsupported(kind) => Err(column.unsupported_type(kind)),
    }
}

fn listed_categories(
    column: &Column,
    rows: &[u32],
    missing: &MissingValues,
) -> Result<Vec<String>, String> {
    let (cells, categories) = categories(column, rows, missing)?;
    let name = &column.name;
    if categories.len() > MAX_LISTED_CATEGORIES {
        return Err(format!(
            "the column `{name}` has {} categories, and at most {MAX_LISTED_CATEGORIES} are supported; \
             merge rare ones, or leave the column out: {}",
            categories.len(),
            remedy::drop_setting(name)
        ));
    }
    if categories.len() == cells && cells >= MIN_ROWS {
        return Err(format!(
            "the column `{name}` has a different category in each of {cells} rows: a column that \
             identifies the row can reveal the class; leave it out: {}",
            remedy::drop_setting(name)
        ));
    }
    Ok(categories)
}

/// The number of these rows with a value, and the distinct values.
fn categories(
    column: &Column,
    rows: &[u32],
    missing: &MissingValues,
) -> Result<(usize, Vec<String>), String> {
    let names = present_names(column, missing)?;
    let present: Vec<String> = rows
        .iter()
        .filter_map(|&row| names[row as usize].clone())
        .collect();
    Ok((present.len(), sorted_names(unify_flags(present))))
}

fn kind_of_texts(
    column: &Column,
    texts: &[Option<String>],
    rows: &[u32],
    missing: &MissingValues,
) -> Result<ColumnKind, String> {
    let present = rows
        .iter()
        .filter_map(|&row| Some((row as usize, texts[row as usize].as_deref()?)));
    let values: Vec<(usize, &str)> = present
        .filter(|(_, text)| !missing.is_text(text) && !is_missing_marker(text))
        .collect();
    let count = |is: &dyn Fn(&str) -> bool| values.iter().filter(|(_, text)| is(text)).count();
    let first = |is: &dyn Fn(&str) -> bool| values.iter().find(|(_, text)| is(text)).copied();
    // In a file with types, text is text, even if it looks like a number.
    let is_number = |text: &str| !column.has_type && parse_number(text).is_some();
    let numbers = count(&is_number);
    if numbers == values.len() && numbers > 0 {
        return Ok(ColumnKind::Number);
    }
    if values.is_empty() {
        return Ok(ColumnKind::Number);
    }
    if count(&is_flag) == values.len() {
        return Ok(ColumnKind::Boolean);
    }
    let name = &column.name;
    if 2 * count(&date::is_date) > values.len()
        && let Some((_, example)) = first(&date::is_date)
    {
        return Err(date::refusal(
            name,
            &format!("`{}`", remedy::shortened(example)),
        ));
    }
    let is_formatted =
        |text: &str| !column.has_type && !is_number(text) && hints::is_formatted_number(text);
    let is_text = |text: &str| !is_number(text) && !is_formatted(text);
    // Formatted numbers with a few texts among them: the texts are mistakes.
    if count(&is_formatted) > 0
        && 2 * (numbers + count(&is_formatted)) > values.len()
        && let Some((row, mistake)) = first(&is_text)
    {
        return Err(format!(
            "{}; correct it, or, if it stands for a missing value, set {}",
            column.cell_error(
                row,
                &format!("`{}` is not a number", remedy::shortened(mistake))
            ),
            remedy::na_values_setting(mistake)
        ));
    }
    if 2 * count(&is_formatted) > values.len()
        && let Some((row, example)) = first(&is_formatted)
    {
        let error = column.cell_error(row, &hints::not_a_number(example));
        let different: HashSet<&str> = values.iter().map(|(_, text)| text.trim()).collect();
        return Err(if 2 * different.len() > values.len() {
            error
        } else {
            format!(
                "{error}; if these are categories, list the column: {}",
                remedy::categorical_setting(name)
            )
        });
    }
    if numbers > 0
        && let Some((row, text)) = first(&|text| !is_number(text))
    {
        return Err(mixed(column, row, text, numbers, values.len()));
    }
    let (cells, categories) = categories(column, rows, missing)?;
    if categories.len() > MAX_CATEGORIES || 2 * categories.len() > cells && cells >= MIN_ROWS {
        let may_be_listed = categories.len() <= MAX_LISTED_CATEGORIES && categories.len() < cells;
        let categorical = if may_be_listed {
            format!(
                ", or, if they are categories, list it: {}",
                remedy::categorical_setting(name)
            )
        } else {
            String::new()
        };
        let are_numbers = categories.iter().all(|text| parse_number(text).is_some());
        return Err(format!(
            "the column `{name}` has {} different texts in {cells} rows, too many for one-hot \
             features; {}leave it out: {}{categorical}",
            categories.len(),
            if are_numbers {
                "write them as numbers, or "
            } else {
                ""
            },
            remedy::drop_setting(name)
        ));
    }
    Ok(ColumnKind::OneHot(categories))
}

/// The error for a column with both numbers and text.
fn mixed(column: &Column, row: usize, text: &str, numbers: usize, all: usize) -> String {
    let name = &column.name;
    let error = column.cell_error(
        row,
        &format!(
            "`{}` is text, but {numbers} of {all} cells are numbers",
            remedy::shortened(text)
        ),
    );
    let (drop, categorical) = (
        remedy::drop_setting(name),
        remedy::categorical_setting(name),
    );
    if 10 * numbers > 9 * all {
        format!(
            "{error}; correct it, or, if it stands for a missing value, set {}; if all of them are \
             categories: {categorical}; to leave the column out: {drop}",
            remedy::na_values_setting(text)
        )
    } else {
        format!(
            "{error}; leave the column out: {drop}, or, if all of them are categories, list it: \
             {categorical}"
        )
    }
}
