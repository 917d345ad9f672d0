//! Tables in CSV: a header, then rows, separated by commas, semicolons, tabs or `|`.

use super::decode;
use super::normalize_csv::{Canonical, canonical};
use crate::bounded_io::catch_reader_panic;
use crate::data::table::columns::column::{Cells, Column};
use crate::data::table::columns::missing::Missing;
use polars::prelude::{CsvReadOptions, DataType, Field, Schema, SerReader};
use std::collections::HashSet;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

/// The most cells, empty ones too.
const MOST_CELLS: usize = 1 << 28;

/// Reads a CSV file. The cells of the columns `written` are read as they are written: `01` is no number.
///
/// # Errors
/// A reason, in words.
pub(crate) fn read(
    path: &Path,
    written: &[&str],
    missing: &Missing,
) -> Result<Vec<Column>, String> {
    let Canonical {
        text,
        separator,
        names,
        unused,
        unclear,
        records,
    } = canonical(&decode::text(path)?, written, missing)?;
    // A row may have fewer cells than the header; memory is taken for all of them.
    if unused.len().saturating_mul(records + 1) > MOST_CELLS {
        return Err(format!("it has more than {MOST_CELLS} cells"));
    }
    let written: HashSet<&str> = written.iter().copied().collect();
    let is_written = |name: &&String| written.contains(name.as_str());
    let as_text = |name: &String| Field::new(name.as_str().into(), DataType::String);
    let texts: Schema = names.iter().filter(is_written).map(as_text).collect();
    let options = CsvReadOptions::default()
        .with_has_header(true)
        // Types are told by the whole column: a column of numbers may end in a text.
        .with_infer_schema_length(None)
        .with_schema_overwrite(Some(Arc::new(texts)))
        .map_parse_options(|options| options.with_separator(separator));
    // polars panics at some quotation marks that stand alone.
    let table = catch_reader_panic(|| {
        options
            .into_reader_with_file_handle(Cursor::new(text))
            .finish()
    });
    let table = table
        .and_then(Result::ok)
        .ok_or("it cannot be read as CSV")?;
    // polars renames columns of equal names, and leaves doubled quotation marks in a name as they are.
    let mut columns = Vec::with_capacity(names.len());
    for (position, ((column, name), unclear)) in
        table.columns().iter().zip(names).zip(unclear).enumerate()
    {
        if unused[position] {
            continue;
        }
        columns.push(Column {
            cells: match cells(column) {
                Cells::Texts(texts) if written.contains(name.as_str()) => Cells::Written(texts),
                other => other,
            },
            // As pandas names it.
            name: match name.is_empty() {
                true => format!("Unnamed: {position}"),
                false => name,
            },
            unclear,
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
        Err(_) => Cells::Other(kind.to_string()),
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
        let columns = read(&path, &[], &Missing::default()).unwrap();
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["x, \"cm\"", "y,"]);
    }

    #[test]
    fn a_wide_header_over_many_short_rows_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wide.csv");
        let text = format!("{}\n{}", "a,".repeat(20_000), "1\n".repeat(20_000));
        std::fs::write(&path, text).unwrap();
        let error = read(&path, &[], &Missing::default()).err().unwrap();
        assert!(error.contains("cells"), "{error}");
        assert!(read(folder.path(), &[], &Missing::default()).is_err());
    }
}
