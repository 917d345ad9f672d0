//! Tables in CSV: a header, then rows, separated by commas, semicolons, tabs or `|`.

use super::decode;
use super::normalize_csv::{NormalizedCsv, normalize};
use crate::bounded_io::catch_reader_panic;
use crate::data::table::columns::column::{Cells, Column};
use crate::data::table::columns::missing::MissingValues;
use crate::data::table::limits::MAX_CELLS;
use polars::prelude::{CsvReadOptions, DataType, Field, Schema, SerReader};
use std::collections::HashSet;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

/// Reads a CSV file. The cells of `text_columns` are kept as text: `01` is not a number.
///
/// # Errors
/// A reason.
pub(crate) fn read(
    path: &Path,
    text_columns: &[&str],
    missing: &MissingValues,
) -> Result<Vec<Column>, String> {
    let NormalizedCsv {
        text,
        separator,
        names,
        unused,
        ambiguous_numbers,
        records,
    } = normalize(&decode::text(path)?, text_columns, missing)?;
    // Missing cells at the ends of rows take memory, too.
    if unused.len().saturating_mul(records + 1) as u64 > MAX_CELLS {
        return Err(format!("it has more than {MAX_CELLS} cells"));
    }
    let text_columns: HashSet<&str> = text_columns.iter().copied().collect();
    let is_text = |name: &&String| text_columns.contains(name.as_str());
    let as_text = |name: &String| Field::new(name.as_str().into(), DataType::String);
    let texts: Schema = names.iter().filter(is_text).map(as_text).collect();
    let options = CsvReadOptions::default()
        .with_has_header(true)
        // The whole column determines its type: a column of numbers may end in text.
        .with_infer_schema_length(None)
        .with_schema_overwrite(Some(Arc::new(texts)))
        .map_parse_options(|options| options.with_separator(separator));
    // polars panics on some unpaired quotation marks.
    let table = catch_reader_panic(|| {
        options
            .into_reader_with_file_handle(Cursor::new(text))
            .finish()
    });
    let table = table
        .and_then(Result::ok)
        .ok_or("it cannot be read as CSV")?;
    // The names are not those of polars, which renames duplicates and keeps doubled quotation marks.
    let mut columns = Vec::with_capacity(names.len());
    let columns_and_names = table.columns().iter().zip(names).zip(ambiguous_numbers);
    for (position, ((column, name), ambiguous_number)) in columns_and_names.enumerate() {
        if unused[position] {
            continue;
        }
        columns.push(Column {
            cells: match cells(column) {
                Cells::Texts(texts) if text_columns.contains(name.as_str()) => {
                    Cells::Untyped(texts)
                }
                other => other,
            },
            // As in pandas.
            name: if name.is_empty() {
                format!("Unnamed: {position}")
            } else {
                name
            },
            ambiguous_number,
            ..Column::default()
        });
    }
    Ok(columns)
}

fn cells(column: &polars::prelude::Column) -> Cells {
    let kind = column.dtype();
    let is_signed = matches!(
        kind,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64
    );
    if is_signed
        && let Ok(numbers) = column.cast(&DataType::Int64)
        && let Ok(numbers) = numbers.i64()
    {
        return Cells::Whole(numbers.iter().collect());
    }
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
        Err(_) => Cells::Unsupported(kind.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_have_separators_and_quotation_marks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("names.csv");
        std::fs::write(&path, "\"x, \"\"cm\"\"\",\"y,\",\n1,2,\n").unwrap();
        let columns = read(&path, &[], &MissingValues::default()).unwrap();
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["x, \"cm\"", "y,"]);
    }

    #[test]
    fn a_wide_header_over_many_short_rows_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wide.csv");
        let text = format!("{}\n{}", "a,".repeat(20_000), "1\n".repeat(20_000));
        std::fs::write(&path, text).unwrap();
        let error = read(&path, &[], &MissingValues::default()).err().unwrap();
        assert!(error.contains("cells"), "{error}");
        assert!(read(folder.path(), &[], &MissingValues::default()).is_err());
    }
}
