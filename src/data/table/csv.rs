//! Tables in CSV: a header, then rows, separated by commas, semicolons or tabulators.

use super::{Cells, Column};
use crate::reading::contained;
use polars::prelude::{CsvReadOptions, DataType, SerReader};
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

/// The most bytes of a file, and the most cells, empty ones too.
const LARGEST: u64 = 8 << 30;
const MOST_CELLS: usize = 1 << 28;

/// Reads a CSV file.
///
/// # Errors
/// A reason, in words.
pub(super) fn read(path: &Path) -> Result<Vec<Column>, String> {
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
    let options = CsvReadOptions::default()
        .with_has_header(true)
        // Types are told by the whole column: a column of numbers may end in a text.
        .with_infer_schema_length(None)
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
    let column = |column: &polars::prelude::Column| Column {
        name: column.name().to_string(),
        cells: cells(column),
    };
    Ok(table.columns().iter().map(column).collect())
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
    match odd {
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
        let error = read(&path).err().unwrap();
        assert!(error.contains("cells"), "{error}");
        assert!(read(folder.path()).is_err());
    }
}
