//! Tables in CSV: a header, then rows, separated by commas, semicolons or tabulators.

use super::{Cells, Column};
use crate::reading::contained;
use polars::prelude::{CsvReadOptions, DataType, Field, Schema, SerReader};
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;
use std::sync::Arc;

/// The most bytes of a file, and the most cells, empty ones too.
const LARGEST: u64 = 8 << 30;
const MOST_CELLS: usize = 1 << 28;

/// Reads a CSV file. The cells of the column `label` are read as they are written: `01` is no number.
///
/// # Errors
/// A reason, in words.
pub(super) fn read(path: &Path, label: Option<&str>) -> Result<Vec<Column>, String> {
    let about = path.metadata().map_err(|error| error.to_string())?;
    if !about.is_file() {
        return Err("it is no plain file".to_owned());
    }
    if about.len() > LARGEST {
        return Err(format!("it has more than {LARGEST} bytes"));
    }
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut file = BufReader::new(file);
    let mut header = String::new();
    file.read_line(&mut header)
        .map_err(|error| match error.kind() {
            ErrorKind::InvalidData => "it is no text in UTF-8".to_owned(),
            _ => error.to_string(),
        })?;
    if header.trim().is_empty() {
        return Err("its first line, the header with the columns' names, is empty".to_owned());
    }
    // A row may have fewer cells than the header; memory is taken for all of them.
    let columns = header
        .bytes()
        .filter(|&byte| byte == separator(&header))
        .count()
        + 1;
    let rows = lines(&mut file).map_err(|error| error.to_string())?;
    if columns.saturating_mul(rows) > MOST_CELLS {
        return Err(format!("it has more than {MOST_CELLS} cells"));
    }
    let as_text = |name: &str| Field::new(name.into(), DataType::String);
    let texts: Schema = label.into_iter().map(as_text).collect();
    let options = CsvReadOptions::default()
        .with_has_header(true)
        // Types are told by the whole column: a column of numbers may end in a text.
        .with_infer_schema_length(None)
        .with_schema_overwrite(Some(Arc::new(texts)))
        .map_parse_options(|options| options.with_separator(separator(&header)));
    // polars panics at some quotation marks that stand alone.
    let table = contained(|| {
        options
            .try_into_reader_with_file_path(Some(path.to_owned()))
            .and_then(SerReader::finish)
    });
    let table = table
        .and_then(Result::ok)
        .ok_or_else(|| unreadable(path, &header))?;
    let column = |column: &polars::prelude::Column| {
        let cells = match cells(column) {
            Cells::Texts(texts) if label == Some(column.name()) => Cells::Written(texts),
            other => other,
        };
        Column {
            name: own_name(column.name(), &header).to_owned(),
            cells,
            is_index: false,
        }
    };
    Ok(table.columns().iter().map(column).collect())
}

/// The name that a column has in the header: polars makes `x_duplicated_0` of the second `x`.
fn own_name<'a>(name: &'a str, header: &str) -> &'a str {
    match name.rsplit_once("_duplicated_") {
        Some((own, _)) if !header.contains(name) => own,
        _ => name,
    }
}

/// The line ends that are left in a file, and one more.
fn lines(file: &mut impl BufRead) -> std::io::Result<usize> {
    let mut lines = 1;
    loop {
        let piece = file.fill_buf()?;
        if piece.is_empty() {
            return Ok(lines);
        }
        lines += piece.iter().filter(|&&byte| byte == b'\n').count();
        let length = piece.len();
        file.consume(length);
    }
}

/// Why polars cannot read the table, as far as it can be told: the first row that has another number
/// of cells than the header.
fn unreadable(path: &Path, header: &str) -> String {
    let separator = char::from(separator(header));
    let cells = |line: &str| {
        let mut quoted = false;
        let outside = |c: &char| {
            quoted ^= *c == '"';
            *c == separator && !quoted
        };
        line.chars().filter(outside).count() + 1
    };
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let expected = cells(header.trim_end());
    let odd = (1..)
        .zip(text.lines())
        .find(|(_, line)| !line.is_empty() && cells(line) > expected);
    let mut rows = text.lines().skip(1).filter(|line| !line.is_empty());
    match odd {
        Some((2, _)) if rows.all(|line| cells(line) == expected + 1) => {
            "each row has one cell more than the header, as R's write.table gives the row's name; \
             leave it out (`row.names = FALSE`): a feature that tells the row would tell the class"
                .to_owned()
        }
        Some((number, line)) => format!(
            "line {number} has {} cells, but the header has {expected}; remove what is too much, or \
             put a text with the separator in it between double quotes",
            cells(line)
        ),
        None => "it cannot be read as CSV: are all of its quotes closed?".to_owned(),
    }
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

/// The separator that the header has most of; a comma where it has none.
fn separator(header: &str) -> u8 {
    let count = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    // Of equals the last is taken.
    let found = [b'\t', b';', b','].into_iter().max_by_key(count);
    found.unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_header_over_many_short_rows_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wide.csv");
        let text = format!("{}\n{}", "a,".repeat(20_000), "1\n".repeat(20_000));
        std::fs::write(&path, text).unwrap();
        let error = read(&path, None).err().unwrap();
        assert!(error.contains("cells"), "{error}");
        assert!(read(folder.path(), None).is_err());
    }
}
