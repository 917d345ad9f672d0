//! Tables in Parquet.

use super::pandas;
use super::strict_file::StrictFile;
use crate::bounded_io::catch_reader_panic;
use crate::data::table::columns::column::{Cells, Column};
use crate::data::table::limits::MAX_CELLS;
use parquet::basic::{Compression, LogicalType};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;
use std::fs::File;
use std::path::Path;

/// Reads a Parquet file.
///
/// # Errors
/// A reason.
pub(crate) fn read(path: &Path) -> Result<Vec<Column>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    // The reader panics on damaged pages.
    catch_reader_panic(|| read_open(file))
        .unwrap_or_else(|| Err("it is damaged: it cannot be read as Parquet".to_owned()))
}

fn read_open(file: File) -> Result<Vec<Column>, String> {
    let length = file.metadata().map_err(|error| error.to_string())?.len();
    let unreadable = |error| format!("it cannot be read as Parquet: {error}");
    let reader = SerializedFileReader::new(StrictFile(file)).map_err(unreadable)?;
    refuse_compression(&reader)?;
    refuse_invalid_offsets(&reader, length)?;
    let schema = reader.metadata().file_metadata().schema_descr();
    let names = schema.root_schema().get_fields().iter();
    let rows = u64::try_from(reader.metadata().file_metadata().num_rows());
    let cells = rows.map(|rows| rows.saturating_mul(schema.num_columns() as u64));
    if cells.is_err() || cells.is_ok_and(|cells| cells > MAX_CELLS) {
        return Err(format!("it has more than {MAX_CELLS} cells"));
    }
    let pandas = pandas::pandas_metadata(reader.metadata().file_metadata().key_value_metadata());
    let mut columns: Vec<Column> = names
        .map(|field| {
            let name = field.name().to_owned();
            let time = time_type(field).or_else(|| pandas.time_type(&name));
            Column {
                cells: time.map_or_else(Cells::default, Cells::Unsupported),
                is_index: pandas.is_index(&name),
                is_category: pandas.is_category(&name),
                has_type: true,
                name,
                ..Column::default()
            }
        })
        .collect();
    let mut read = 0_u64;
    for row in reader.get_row_iter(None).map_err(unreadable)? {
        // The file may have more rows than it states.
        read = read.saturating_add(columns.len() as u64);
        if read > MAX_CELLS {
            return Err(format!("it has more than {MAX_CELLS} cells"));
        }
        let row = row.map_err(unreadable)?;
        for (column, (_, field)) in columns.iter_mut().zip(row.get_column_iter()) {
            push(&mut column.cells, field);
        }
    }
    Ok(columns)
}

/// The name of the type of a column of dates or times, which may be stored as whole numbers.
fn time_type(field: &Type) -> Option<String> {
    match field.get_basic_info().logical_type_ref()? {
        LogicalType::Timestamp(_) => Some("timestamp".to_owned()),
        LogicalType::Time(_) => Some("time".to_owned()),
        LogicalType::Date => Some("date".to_owned()),
        _ => None,
    }
}

/// Refuses columns with offsets outside the file, on which the reader panics.
fn refuse_invalid_offsets(
    reader: &SerializedFileReader<StrictFile>,
    length: u64,
) -> Result<(), String> {
    let groups = reader.metadata().row_groups().iter();
    for column in groups.flat_map(RowGroupMetaData::columns) {
        let start = column.dictionary_page_offset();
        let start = u64::try_from(start.unwrap_or(column.data_page_offset()));
        let size = u64::try_from(column.compressed_size());
        let is_within = match (start, size) {
            (Ok(start), Ok(size)) => start.checked_add(size).is_some_and(|end| end <= length),
            _ => false,
        };
        if !is_within {
            return Err("it is damaged: the offset of a column is outside the file".to_owned());
        }
    }
    Ok(())
}

/// Refuses compression that this program's Parquet reader does not support.
fn refuse_compression(reader: &SerializedFileReader<StrictFile>) -> Result<(), String> {
    let groups = reader.metadata().row_groups().iter();
    for column in groups.flat_map(RowGroupMetaData::columns) {
        match column.compression() {
            Compression::UNCOMPRESSED
            | Compression::SNAPPY
            | Compression::GZIP(_)
            | Compression::ZSTD(_) => {}
            other => {
                let other = other.to_string();
                let name = other.split('(').next().unwrap_or_default();
                return Err(format!(
                    "it is compressed with {name}; write it with SNAPPY, ZSTD, GZIP or \
                     UNCOMPRESSED"
                ));
            }
        }
    }
    Ok(())
}

/// Appends a cell. A column starts with floats, and gets the type of its first value.
fn push(cells: &mut Cells, field: &Field) {
    let number = match field {
        Field::Null => return push_null(cells),
        Field::Byte(value) => return push_whole(cells, i64::from(*value)),
        Field::Short(value) => return push_whole(cells, i64::from(*value)),
        Field::Int(value) => return push_whole(cells, i64::from(*value)),
        Field::Long(value) => return push_whole(cells, *value),
        Field::UByte(value) => return push_whole(cells, i64::from(*value)),
        Field::UShort(value) => return push_whole(cells, i64::from(*value)),
        Field::UInt(value) => return push_whole(cells, i64::from(*value)),
        Field::ULong(value) => return push_unsigned(cells, *value),
        Field::Float16(value) => f64::from(value.to_f32()),
        Field::Float(value) => f64::from(*value),
        Field::Double(value) => *value,
        Field::Bool(value) => return push_flag(cells, *value),
        Field::Str(text) => return push_text(cells, text),
        other => {
            let kind = format!("{other:?}");
            let kind = kind
                .split(['(', ' '])
                .next()
                .unwrap_or("unknown")
                .to_owned();
            *cells = Cells::Unsupported(kind);
            return;
        }
    };
    if let Cells::Numbers(numbers) = cells {
        numbers.push(Some(number));
    }
}

fn push_null(cells: &mut Cells) {
    match cells {
        Cells::Numbers(numbers) => numbers.push(None),
        Cells::Whole(numbers) => numbers.push(None),
        Cells::Unsigned(numbers) => numbers.push(None),
        Cells::Flags(flags) => flags.push(None),
        Cells::Texts(texts) | Cells::Untyped(texts) => texts.push(None),
        Cells::Unsupported(_) => {}
    }
}

fn push_whole(cells: &mut Cells, number: i64) {
    if let Cells::Numbers(numbers) = cells {
        *cells = Cells::Whole(vec![None; numbers.len()]);
    }
    if let Cells::Whole(numbers) = cells {
        numbers.push(Some(number));
    }
}

fn push_unsigned(cells: &mut Cells, number: u64) {
    if let Cells::Numbers(numbers) = cells {
        *cells = Cells::Unsigned(vec![None; numbers.len()]);
    }
    if let Cells::Unsigned(numbers) = cells {
        numbers.push(Some(number));
    }
}

fn push_flag(cells: &mut Cells, flag: bool) {
    if let Cells::Numbers(numbers) = cells {
        *cells = Cells::Flags(vec![None; numbers.len()]);
    }
    if let Cells::Flags(flags) = cells {
        flags.push(Some(flag));
    }
}

fn push_text(cells: &mut Cells, text: &str) {
    if let Cells::Numbers(numbers) = cells {
        *cells = Cells::Texts(vec![None; numbers.len()]);
    }
    if let Cells::Texts(texts) = cells {
        texts.push(Some(text.to_owned()));
    }
}
