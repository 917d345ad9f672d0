//! The user's own tables: CSV or Parquet, one row for each sample.
//!
//! Files are read into columns (`csv`, `parquet`), of which some are left out (`selection`); what the others hold
//! (`kind`) decides the features that they become (`encoder`).

mod canonical;
mod column;
mod csv;
mod date;
mod decimal_comma;
mod decode;
mod encoder;
mod files;
mod hints;
mod kind;
mod label;
mod layout;
mod missing;
mod notes;
mod numbers;
mod parquet;
mod records;
mod row_names;
mod selection;
mod strict_file;

use super::dataset::Values;
use super::imputation::Imputation;
use super::own::{Own, Part, divide};
use crate::spec::{
    ColumnKind, Columns, DataSource, EncodedColumn, Encoding, Names, OrdinalColumns, Text,
};
use column::Column;
use encoder::{Encoded, Encoder};
use label::Labels;
use std::path::Path;

pub(super) use files::{Format, format};

/// Reads a table, or a folder with the tables `train.*` and `test.*`.
///
/// Every column but the label's, and those that are left out, becomes one or more features.
///
/// # Errors
/// A reason, in words, that names column and row. Rows are counted from 1, below the header.
pub(super) fn load(path: &Path, source: &DataSource) -> Result<Own, String> {
    let label = source.label.as_ref().map_or("", Text::as_str);
    let settings = &source.columns;
    let names = as_names(settings, label);
    if !path.is_dir() {
        let mut table = read(path, &names)?;
        let dropped = selected(&mut table, settings, label)?;
        let mut labels = Labels::of(column(&table, label)?)?;
        let (train, test) = divide(&labels.names, source.test_fraction.get())?;
        let encoder = Encoder::learn(&table, label, &train, settings)?;
        let all = encoder.encode(&table, labels.names.len(), "the table")?;
        label::settle([&mut labels]);
        let mut warnings = row_names::warnings(&table, label);
        warnings.extend(all.warnings);
        let width = encoder.encoding().features().len();
        let values = Values::Floats(all.values);
        let part = |rows: &[u32]| Part {
            values: values.rows(rows, width),
            labels: rows
                .iter()
                .map(|&row| labels.names[row as usize].clone())
                .collect(),
        };
        let parts = [part(&train), part(&test)];
        return Ok(Own {
            test_was_taken: true,
            ..own(parts, &encoder, all.is_incomplete, &dropped, warnings)
        });
    }
    files::refuse_validation(path)?;
    let train = files::table(path, "train")?;
    let of_train = |reason| in_file(&train, reason);
    let mut table = read(&train, &names).map_err(of_train)?;
    let dropped = selected(&mut table, settings, label).map_err(of_train)?;
    let mut labels = Labels::of(column(&table, label)?).map_err(of_train)?;
    let rows = u32::try_from(labels.names.len()).map_err(|_| "it has too many rows".to_owned())?;
    let rows: Vec<u32> = (0..rows).collect();
    let encoder = Encoder::learn(&table, label, &rows, settings).map_err(of_train)?;
    let encoded = encoder
        .encode(&table, rows.len(), "the training part")
        .map_err(of_train)?;
    let mut warnings = row_names::warnings(&table, label);
    let test = files::table(path, "test")?;
    let (mut test_labels, of_test) =
        test_part(&test, &encoder, settings, label).map_err(|reason| in_file(&test, reason))?;
    label::settle([&mut labels, &mut test_labels]);
    warnings.extend(of_test.warnings);
    let is_incomplete = encoded.is_incomplete || of_test.is_incomplete;
    let part = |encoded: Vec<f32>, labels: Labels| Part {
        values: Values::Floats(encoded),
        labels: labels.names,
    };
    let parts = [
        part(encoded.values, labels),
        part(of_test.values, test_labels),
    ];
    Ok(own(parts, &encoder, is_incomplete, &dropped, warnings))
}

/// Both parts of the data, with what is known of their features.
fn own(
    [train, test]: [Part; 2],
    encoder: &Encoder,
    is_incomplete: bool,
    dropped: &[String],
    mut warnings: Vec<String>,
) -> Own {
    let encoding = encoder.encoding();
    let columns = encoding.features();
    warnings.extend(encoder.suspicious_levels());
    let is_kept = !encoding.is_plain() || !dropped.is_empty() || !encoding.na_values.is_empty();
    let imputation: Vec<Imputation> = match is_incomplete {
        true => encoder.imputation(),
        false => Vec::new(),
    };
    Own {
        train,
        test: Some(test),
        features: columns.len(),
        image: None,
        encoding: is_kept.then(|| encoding.clone()),
        imputation,
        columns,
        test_was_taken: false,
        notes: encoder.notes(dropped),
        warnings,
    }
}

/// The labels and the features of a table that nothing is learnt from.
fn test_part(
    file: &Path,
    encoder: &Encoder,
    settings: &Columns,
    label: &str,
) -> Result<(Labels, Encoded), String> {
    let mut table = read(file, &as_names(settings, label))?;
    if !table.iter().any(|column| column.name == label) {
        return Err(format!(
            "it has no column `{label}`, and a test part needs its classes; if they are not known, \
             as in Kaggle's test.csv, set data.path to the training table alone"
        ));
    }
    drop_known(&mut table, encoder.encoding(), label);
    row_names::refuse_doubles(&table, label)?;
    refuse_others(
        &table,
        encoder.encoding(),
        label,
        "the training table has no column",
    )?;
    let labels = Labels::of(column(&table, label)?)?;
    let encoded = encoder.encode(&table, labels.names.len(), "the test part")?;
    Ok((labels, encoded))
}

/// The features of a table's rows without classes: `values`, of the shape `[rows, features]`.
pub(super) struct Rows {
    pub(super) values: Vec<f32>,
    pub(super) shape: Vec<usize>,
    pub(super) warnings: Vec<String>,
}

/// The features of a table's rows: as `encoding` has them, or where there is none, the numbers of these
/// columns, or of all where none are named. `label` may be there, and is left out. Cells without a value are
/// accepted where the model `imputes`.
///
/// # Errors
/// A reason, in words, that names column and row.
pub(super) fn rows(
    path: &Path,
    columns: &[String],
    encoding: Option<&Encoding>,
    imputes: bool,
    label: Option<&str>,
) -> Result<Rows, String> {
    let label = label.unwrap_or_default();
    let known = encoding.cloned().unwrap_or_else(|| Encoding {
        columns: columns.iter().map(|name| plain(name)).collect(),
        ..Encoding::default()
    });
    let names = known
        .columns
        .iter()
        .filter(|column| matches!(column.kind, ColumnKind::OneHot(_) | ColumnKind::Ordinal(_)));
    let names: Vec<&str> = names
        .map(|column| column.name.as_str())
        .chain([label])
        .collect();
    let mut table = read(path, &names)?;
    table.retain(|column| column.name != label || label.is_empty());
    drop_known(&mut table, &known, "");
    row_names::refuse_doubles(&table, "")?;
    let encoding = match known.columns.is_empty() {
        true => Encoding {
            columns: table.iter().map(|column| plain(&column.name)).collect(),
            ..known
        },
        false => {
            refuse_others(&table, &known, "", "the model was trained without a column")
                .map_err(|reason| reason + "; leave it out")?;
            known
        }
    };
    // Values that are no numbers are not kept: such a column is refused below.
    let height = table
        .iter()
        .map(|column| column.cells.len())
        .max()
        .unwrap_or(0);
    let encoder = Encoder::known(encoding, imputes);
    let encoded = encoder.encode(&table, height, "these rows")?;
    Ok(Rows {
        values: encoded.values,
        shape: vec![height, encoder.encoding().features().len()],
        warnings: encoded.warnings,
    })
}

/// A column of numbers as they are.
fn plain(name: &str) -> EncodedColumn {
    EncodedColumn {
        name: name.to_owned(),
        kind: ColumnKind::Number,
        offset: 0.0,
        indicator: false,
    }
}

/// The columns whose cells are names, and are read as they are written: `01` is no number.
fn as_names<'a>(settings: &'a Columns, label: &'a str) -> Vec<&'a str> {
    let categorical = settings.categorical.iter().flat_map(Names::iter);
    let ordinal = settings.ordinal.iter().flat_map(OrdinalColumns::iter);
    let names = categorical.chain(ordinal.map(|(name, _)| name));
    names.chain([label]).collect()
}

/// Takes out of a table to learn from what the settings drop, and checks the names of what is left; the names
/// of what was taken out.
fn selected(
    table: &mut Vec<Column>,
    settings: &Columns,
    label: &str,
) -> Result<Vec<String>, String> {
    let patterns: Vec<&str> = settings.drop.iter().flat_map(Names::iter).collect();
    let dropped = selection::drop_columns(table, &patterns, label)?;
    selection::refuse_unknown(table, settings)?;
    let mut names: Vec<String> = table.iter().map(|column| column.name.clone()).collect();
    let Some(position) = names.iter().position(|name| name == label) else {
        return Err(hints::no_column(label, &names));
    };
    row_names::refuse_doubles(table, label)?;
    names.remove(position);
    if names.iter().any(|name| name.trim().is_empty()) {
        return Err(
            "it has a column without a name, such as an index that pandas writes: a feature that \
             tells the row would tell the class; write the table without it (`index=False`), or \
             name it"
                .to_owned(),
        );
    }
    match names.is_empty() {
        true => Err(format!(
            "it has no column but `{label}`: nothing to learn from"
        )),
        false => Ok(dropped),
    }
}

/// Takes out of a table what the training table was read without.
fn drop_known(table: &mut Vec<Column>, encoding: &Encoding, label: &str) {
    let patterns: Vec<&str> = encoding.drop.iter().map(String::as_str).collect();
    selection::drop_any(table, &patterns, label);
}

/// Refuses a column that the training table does not have.
fn refuse_others(
    table: &[Column],
    encoding: &Encoding,
    label: &str,
    what: &str,
) -> Result<(), String> {
    let is_known = |name: &str| name == label || encoding.columns.iter().any(|c| c.name == name);
    match table.iter().find(|column| !is_known(&column.name)) {
        Some(other) => Err(format!("{what} `{}`", other.name)),
        None => Ok(()),
    }
}

/// A reason with the file that it is about.
fn in_file(file: &Path, reason: String) -> String {
    let name = file.file_name().unwrap_or_default().display();
    format!("{name}: {reason}")
}

/// Reads a table. Where a file tells no types, the cells of the columns `names` are kept as they are written.
fn read(path: &Path, names: &[&str]) -> Result<Vec<Column>, String> {
    match format(path) {
        Some(Format::Parquet) => parquet::read(path),
        Some(Format::Csv) => csv::read(path, names),
        None => Err("its name ends in neither .csv, .tsv nor .parquet".to_owned()),
    }
}

/// The column of this name.
fn column<'a>(table: &'a [Column], name: &str) -> Result<&'a Column, String> {
    let found = table.iter().find(|column| column.name == name);
    found.ok_or_else(|| format!("it has no column `{name}`, unlike the training table"))
}
