//! Data sets as other programs write them.

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::fmt::Write;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// A table `a,b,class` of 60 rows and two classes that are separable.
pub fn two_classes() -> String {
    let mut text = String::from("a,b,class\n");
    for row in 0..60 {
        let class = ["yes", "no"][row % 2];
        // But for the first two rows, so that no column alone determines the class.
        let shift = ((row % 2) ^ usize::from(row < 2)) as f64 * 2.0;
        let (a, b) = (shift + row as f64 * 0.01, 1.0 - shift);
        writeln!(text, "{a},{b},{class}").expect("text grows");
    }
    text
}

/// An array as NumPy writes it.
pub fn npy(kind: &str, shape: &[usize], data: &[u8]) -> Vec<u8> {
    let shape: String = shape.iter().map(|size| format!("{size}, ")).collect();
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}), }}");
    header += &" ".repeat(63 - (10 + header.len()) % 64);
    header.push('\n');
    npy_with_header(&header, data)
}

/// An array with this header.
pub fn npy_with_header(header: &str, data: &[u8]) -> Vec<u8> {
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}

/// The values of a column in a Parquet file.
pub enum Column {
    Doubles(Vec<f64>),
    Int32s(Vec<i32>),
    Int64s(Vec<i64>),
    Texts(Vec<String>),
}

/// Writes a Parquet file of one group of rows, by the writer of the parquet crate, with pandas' notes if there are any.
pub fn write_parquet(
    path: &Path,
    schema: &str,
    compression: parquet::basic::Compression,
    notes: Option<&str>,
    columns: &[Column],
) {
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let notes = notes.map(|notes| vec![KeyValue::new("pandas".to_owned(), notes.to_owned())]);
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_key_value_metadata(notes)
        .build();
    let file = File::create(path).expect("the folder can be written to");
    let writer = SerializedFileWriter::new(file, schema, Arc::new(properties));
    let mut writer = writer.expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    for values in columns {
        let next = group.next_column().expect("a column");
        let mut column = next.expect("a column for each of the values");
        let written = match values {
            Column::Doubles(values) => {
                let column = column.typed::<DoubleType>();
                column.write_batch(values, None, None)
            }
            Column::Int32s(values) => {
                let column = column.typed::<Int32Type>();
                column.write_batch(values, None, None)
            }
            Column::Int64s(values) => {
                let column = column.typed::<Int64Type>();
                column.write_batch(values, None, None)
            }
            Column::Texts(values) => {
                let values: Vec<ByteArray> = values.iter().map(|t| t.as_str().into()).collect();
                let column = column.typed::<ByteArrayType>();
                column.write_batch(&values, None, None)
            }
        };
        written.expect("the values are written");
        column.close().expect("the column ends");
    }
    group.close().expect("the group ends");
    writer.close().expect("the file ends");
}
