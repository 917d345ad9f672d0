//! The trials as CSV, JSON and Parquet, one row for each.

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use polars::prelude::*;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The frame without the column that only the report uses, if it has it.
fn public_columns(frame: &DataFrame) -> DataFrame {
    frame.drop_many(["position"])
}

/// The frame as CSV. Numbers are as short as possible without loss; missing values are empty.
pub(crate) fn csv(frame: &DataFrame) -> PolarsResult<Vec<u8>> {
    let mut frame = public_columns(frame);
    let mut bytes = Vec::new();
    CsvWriter::new(&mut bytes).finish(&mut frame)?;
    Ok(bytes)
}

/// The frame as a JSON list with one object for each trial; missing values are `null`.
pub(crate) fn json(frame: &DataFrame) -> PolarsResult<Vec<u8>> {
    let frame = public_columns(frame);
    let columns = frame.columns().iter();
    let columns: Vec<(&str, Vec<Value>)> = columns
        .map(|column| Ok((column.name().as_str(), column_values(column)?)))
        .collect::<PolarsResult<_>>()?;
    let row = |row: usize| {
        let cells = columns.iter();
        Value::Object(
            cells
                .map(|(name, values)| ((*name).to_owned(), values[row].clone()))
                .collect::<Map<_, _>>(),
        )
    };
    let rows: Vec<Value> = (0..frame.height()).map(row).collect();
    let mut text = serde_json::to_string_pretty(&rows).unwrap_or_default();
    text.push('\n');
    Ok(text.into_bytes())
}

/// The values of a column as JSON; missing values are `null`.
pub(crate) fn column_values(column: &Column) -> PolarsResult<Vec<Value>> {
    Ok(match column.dtype() {
        DataType::Boolean => column.bool()?.iter().map(Value::from).collect(),
        DataType::String => column.str()?.iter().map(Value::from).collect(),
        DataType::UInt32 => column.u32()?.iter().map(Value::from).collect(),
        DataType::UInt64 => column.u64()?.iter().map(Value::from).collect(),
        _ => column.f64()?.iter().map(Value::from).collect(),
    })
}

/// The frame as Parquet: flags as booleans, whole numbers as 64-bit integers, other numbers as
/// doubles, text as UTF-8.
///
/// # Errors
/// Polars refuses an operation; no result can cause this.
pub(crate) fn parquet(frame: &DataFrame) -> PolarsResult<Vec<u8>> {
    let frame = public_columns(frame);
    let written = write_parquet(frame.columns());
    written.map_err(|error| PolarsError::ComputeError(error.to_string().into()))
}

fn write_parquet(columns: &[Column]) -> Result<Vec<u8>, ParquetError> {
    let fields = columns.iter().map(field).collect::<Result<_, _>>()?;
    let schema = Type::group_type_builder("trials")
        .with_fields(fields)
        .build()?;
    let properties = Arc::new(WriterProperties::builder().build());
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, Arc::new(schema), properties)?;
    let mut rows = file.next_row_group()?;
    for column in columns {
        let Some(mut writer) = rows.next_column()? else {
            break;
        };
        let polars = |error: PolarsError| ParquetError::General(error.to_string());
        match column.dtype() {
            DataType::Boolean => {
                let cells = column.bool().map_err(polars)?.iter();
                let (values, levels) = present(cells);
                writer
                    .typed::<BoolType>()
                    .write_batch(&values, Some(&levels), None)?;
            }
            DataType::String => {
                let cells = column.str().map_err(polars)?.iter();
                let (values, levels) = present(cells.map(|cell| cell.map(ByteArray::from)));
                writer
                    .typed::<ByteArrayType>()
                    .write_batch(&values, Some(&levels), None)?;
            }
            DataType::UInt32 => {
                let cells = column.u32().map_err(polars)?.iter();
                let (values, levels) = present(cells.map(|cell| cell.map(i64::from)));
                writer
                    .typed::<Int64Type>()
                    .write_batch(&values, Some(&levels), None)?;
            }
            DataType::UInt64 => {
                let cells = column.u64().map_err(polars)?.iter();
                // A count beyond the range of Parquet's integers is missing.
                let (values, levels) = present(cells.map(|cell| i64::try_from(cell?).ok()));
                writer
                    .typed::<Int64Type>()
                    .write_batch(&values, Some(&levels), None)?;
            }
            _ => {
                let cells = column.f64().map_err(polars)?.iter();
                let (values, levels) = present(cells);
                writer
                    .typed::<DoubleType>()
                    .write_batch(&values, Some(&levels), None)?;
            }
        }
        writer.close()?;
    }
    rows.close()?;
    file.close()?;
    Ok(bytes)
}

/// The existing values, and for each row whether it has one (Parquet's definition level).
fn present<T>(cells: impl Iterator<Item = Option<T>>) -> (Vec<T>, Vec<i16>) {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        levels.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    (values, levels)
}

fn field(column: &Column) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match column.dtype() {
        DataType::Boolean => (Physical::BOOLEAN, None),
        DataType::String => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        DataType::UInt32 | DataType::UInt64 => (Physical::INT64, None),
        _ => (Physical::DOUBLE, None),
    };
    let field = Type::primitive_type_builder(column.name(), physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()?;
    Ok(Arc::new(field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::RowAccessor;
    use std::io::Write;

    fn frame() -> DataFrame {
        let columns = vec![
            Column::new("rank".into(), [Some(1_u32), None]),
            Column::new("trial".into(), ["a \"b\"", "c,d"]),
            Column::new("score".into(), [Some(0.1), None]),
            Column::new("pareto".into(), [Some(true), None]),
            Column::new("parameters".into(), [7_u64, 8]),
            Column::new("position".into(), [1_u32, 0]),
        ];
        DataFrame::new(2, columns).unwrap()
    }

    #[test]
    fn json_has_an_object_for_each_trial() {
        let rows: Value = serde_json::from_slice(&json(&frame()).unwrap()).unwrap();
        let first = serde_json::json!({ "rank": 1, "trial": "a \"b\"", "score": 0.1, "pareto": true,
                                        "parameters": 7 });
        assert_eq!(rows[0], first);
        assert_eq!(rows[1]["score"], Value::Null);
    }

    #[test]
    fn parquet_keeps_types_and_gaps() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&parquet(&frame()).unwrap()).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let rows: Vec<_> = reader
            .get_row_iter(None)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].get_long(0).unwrap(), 1);
        assert_eq!(rows[0].get_string(1).unwrap(), "a \"b\"");
        assert_eq!(rows[0].get_double(2).unwrap(), 0.1);
        assert!(rows[0].get_bool(3).unwrap());
        assert_eq!(rows[1].get_long(4).unwrap(), 8);
        assert!(rows[1].get_long(0).is_err(), "the value is missing");
    }
}
