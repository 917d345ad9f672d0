//! Reads rows to predict.

use super::columns::column::Column;
use super::columns::hints;
use super::columns::missing::MissingValues;
use super::columns::row_names::refuse_duplicate_names;
use super::encoding::encoder::Encoder;
use super::read::{additional_columns, drop_as_in_training, read};
use crate::spec::{ColumnKind, EncodedColumn, Encoding, TableWarning};
use std::collections::HashSet;
use std::path::Path;

/// The features of rows without classes.
pub(crate) struct UnlabeledRows {
    /// `[rows, features]`
    pub(crate) values: Vec<f32>,
    /// `[rows, features]`
    pub(crate) shape: Vec<usize>,
    pub(crate) warnings: Vec<TableWarning>,
}

/// Reads the features of a table's rows. They have the `encoding` of the model or, without one, are the numbers of
/// `columns`, or of all columns if none are named. The column `label` is ignored. Missing values are accepted if the model
/// `imputes` them.
///
/// # Errors
/// A reason that names the column and the row.
pub(crate) fn read_unlabeled(
    path: &Path,
    columns: &[String],
    encoding: Option<&Encoding>,
    imputes: bool,
    label: Option<&str>,
) -> Result<UnlabeledRows, String> {
    let label = label.unwrap_or_default();
    let encoding = encoding.cloned().unwrap_or_else(|| Encoding {
        columns: columns.iter().map(|name| number_column(name)).collect(),
        ..Encoding::default()
    });
    let text_columns: Vec<&str> = encoding
        .columns
        .iter()
        .filter(|column| matches!(column.kind, ColumnKind::OneHot(_) | ColumnKind::Ordinal(_)))
        .map(|column| column.name.as_str())
        .chain([label])
        .collect();
    let missing = MissingValues::new(encoding.na_values.iter().map(String::as_str));
    let mut table = read(path, &text_columns, &missing)?;
    table.retain(|column| column.name != label || label.is_empty());
    drop_as_in_training(&mut table, &encoding, "");
    refuse_duplicate_names(&table, "")?;
    let encoding = if encoding.columns.is_empty() {
        let columns = table.iter().map(|column| number_column(&column.name));
        Encoding {
            columns: columns.collect(),
            ..encoding
        }
    } else {
        refuse_different_columns(&table, &encoding)?;
        encoding
    };
    // A column of an unsupported type has no cells here; the encoder refuses it.
    let height = table.iter().map(|column| column.cells.len()).max();
    let height = height.unwrap_or(0);
    let encoder = Encoder::from_encoding(encoding, imputes);
    let encoded = encoder.encode(&table, height)?;
    Ok(UnlabeledRows {
        values: encoded.values,
        shape: vec![height, encoder.encoding().width()],
        warnings: encoded.warnings,
    })
}

/// A column of plain numbers.
fn number_column(name: &str) -> EncodedColumn {
    EncodedColumn {
        name: name.to_owned(),
        kind: ColumnKind::Number,
        offset: 0.0,
        indicator: false,
    }
}

/// Refuses a table whose columns are not those on which the model was trained.
fn refuse_different_columns(table: &[Column], encoding: &Encoding) -> Result<(), String> {
    let additional = additional_columns(table, encoding, "");
    let names: HashSet<&str> = table.iter().map(|column| column.name.as_str()).collect();
    let mut expected = encoding.columns.iter().map(|column| column.name.as_str());
    match (
        expected.find(|name| !names.contains(name)),
        additional.first(),
    ) {
        (None, None) => Ok(()),
        (None, Some(additional)) => Err(format!(
            "the model was trained without a column `{additional}`; leave it out"
        )),
        (Some(missing), None) => Err(format!(
            "it has no column `{missing}`, on which the model was trained"
        )),
        (Some(missing), Some(_)) => {
            let additional: Vec<String> = additional.iter().map(|&name| name.to_owned()).collect();
            Err(hints::no_column(missing, &additional))
        }
    }
}
