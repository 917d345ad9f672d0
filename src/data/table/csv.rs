//! Tables in CSV: a header, then rows, separated by commas, semicolons or tabulators.

use super::{Cells, Column};
use polars::prelude::{CsvReadOptions, DataType, SerReader};
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

/// Reads a CSV file.
///
/// # Errors
/// A reason, in words.
pub(super) fn read(path: &Path) -> Result<Vec<Column>, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut header = String::new();
    BufReader::new(file)
        .read_line(&mut header)
        .map_err(|error| match error.kind() {
            ErrorKind::InvalidData => "it is no text in UTF-8".to_owned(),
            _ => error.to_string(),
        })?;
    if header.trim().is_empty() {
        return Err("its first line, the header with the columns' names, is empty".to_owned());
    }
    let table = CsvReadOptions::default()
        .with_has_header(true)
        // Types are told by the whole column: a column of numbers may end in a text.
        .with_infer_schema_length(None)
        .map_parse_options(|options| options.with_separator(separator(&header)))
        .try_into_reader_with_file_path(Some(path.to_owned()))
        .and_then(SerReader::finish)
        .map_err(|error| format!("it cannot be read as CSV: {error}"))?;
    let column = |column: &polars::prelude::Column| Column {
        name: column.name().to_string(),
        cells: cells(column),
    };
    Ok(table.columns().iter().map(column).collect())
}

fn cells(column: &polars::prelude::Column) -> Cells {
    let kind = column.dtype();
    if kind.is_primitive_numeric()
        && let Ok(numbers) = column.cast(&DataType::Float64)
        && let Ok(numbers) = numbers.f64()
    {
        return Cells::Numbers(numbers.iter().collect());
    }
    if let Ok(flags) = column.bool() {
        return Cells::Flags(flags.iter().collect());
    }
    match column.str() {
        Ok(texts) => Cells::Texts(texts.iter().map(|text| text.map(str::to_owned)).collect()),
        Err(_) => Cells::Other(kind.to_string()),
    }
}

/// The separator that the header has most of; a comma where it has none.
fn separator(header: &str) -> u8 {
    let count = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    // Of equals the last is taken.
    let found = [b'\t', b';', b','].into_iter().max_by_key(count);
    found.unwrap_or(b',')
}
