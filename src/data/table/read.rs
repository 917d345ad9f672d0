//! Reads a table, and compares its columns with those of the training table.

use super::columns::column::Column;
use super::columns::missing::MissingValues;
use super::columns::selection::drop_columns;
use super::csv::csv_file;
use super::files::{Format, format};
use super::parquet::parquet_file;
use crate::spec::Encoding;
use std::collections::HashSet;
use std::path::Path;

/// Reads a table. In a file without types, the cells of `text_columns` are kept as text.
///
/// # Errors
/// A file that cannot be read, or whose extension is not that of a table.
pub(super) fn read(
    path: &Path,
    text_columns: &[&str],
    missing: &MissingValues,
) -> Result<Vec<Column>, String> {
    match format(path) {
        Some(Format::Parquet) => parquet_file::read(path),
        Some(Format::Csv) => csv_file::read(path, text_columns, missing),
        None => Err(
            "unknown extension; expected .csv, .tsv, .txt, .data (also gzipped, as in .csv.gz) or \
             .parquet"
                .to_owned(),
        ),
    }
}

/// The column of this name.
///
/// # Errors
/// A table without such a column.
pub(super) fn find_column<'a>(table: &'a [Column], name: &str) -> Result<&'a Column, String> {
    let found = table.iter().find(|column| column.name == name);
    found.ok_or_else(|| format!("it has no column `{name}`, unlike the training table"))
}

/// Removes the columns that were left out of the training table.
pub(super) fn drop_as_in_training(table: &mut Vec<Column>, encoding: &Encoding, label: &str) {
    let patterns: Vec<&str> = encoding.drop.iter().map(String::as_str).collect();
    drop_columns(table, &patterns, label);
}

/// The names of the columns that the training table does not have.
pub(super) fn additional_columns<'a>(
    table: &'a [Column],
    encoding: &Encoding,
    label: &str,
) -> Vec<&'a str> {
    let known: HashSet<&str> = encoding
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let names = table.iter().map(|column| column.name.as_str());
    names
        .filter(|name| *name != label && !known.contains(name))
        .collect()
}
