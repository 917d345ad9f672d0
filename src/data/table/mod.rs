//! The user's own tables: CSV or Parquet, one row for each sample.
//!
//! Files are read into columns (`csv`, `parquet`), of which some are left out (`selection`); what the others hold
//! (`kind`) decides the features that they become (`encoder`).

mod columns;
mod csv;
mod encoding;
mod files;
mod parquet;

use super::custom::raw_dataset::{LabeledSamples, RawDataset, divide};
use super::quality::remedy;
use super::samples::dataset::Values;
use crate::spec::{
    ColumnKind, ColumnNames, ColumnSettings, DataSource, EncodedColumn, Encoding, NonEmptyString,
    OrdinalColumns, TableWarning,
};
use columns::column::Column;
use columns::label::Labels;
use columns::missing::Missing;
use encoding::encoder::{Encoded, Encoder};
use std::collections::HashSet;
use std::path::Path;

#[cfg(test)]
pub(super) use columns::selection::matches;
pub(super) use files::{Format, format};

/// Reads a table, or a folder with the tables `train.*` and `test.*`.
///
/// Every column but the label's, and those that are left out, becomes one or more features.
///
/// # Errors
/// A reason, in words, that names column and row. Rows are counted from 1, below the header.
pub(super) fn load(path: &Path, source: &DataSource) -> Result<RawDataset, String> {
    let label = source.label.as_ref().map_or("", NonEmptyString::as_str);
    let settings = &source.columns;
    match path.is_dir() {
        true => load_parts(path, label, settings),
        false => load_one(path, label, settings, source.test_fraction.get()),
    }
}

/// Reads a table of which a part is held out as the test part.
fn load_one(
    path: &Path,
    label: &str,
    settings: &ColumnSettings,
    fraction: f64,
) -> Result<RawDataset, String> {
    let missing = Missing::of(settings.na_values.as_ref());
    let mut table = read(path, &as_names(settings, label), &missing)?;
    columns::selection::refuse_unfitting(&[&table], &patterns(settings), label)?;
    let dropped = selected(&mut table, settings, label)?;
    let mut labels = Labels::of(column(&table, label)?)?;
    columns::label::settle([&mut labels]);
    let (train, test) = divide(&labels.names, fraction)?;
    let encoder = Encoder::learn(&table, label, &train, settings, &dropped)?;
    let all = encoder.encode(&table, labels.names.len())?;
    let width = encoder.encoding().width();
    let values = Values::Floats(all.values);
    let part = |rows: &[u32]| LabeledSamples {
        values: values.rows(rows, width),
        labels: rows
            .iter()
            .map(|&row| labels.names[row as usize].clone())
            .collect(),
    };
    let parts = [part(&train), part(&test)];
    Ok(RawDataset {
        test_split_from_training: true,
        ..own(parts, &encoder, all.is_incomplete, all.warnings)
    })
}

/// Reads the tables of a folder, one for each part.
fn load_parts(folder: &Path, label: &str, settings: &ColumnSettings) -> Result<RawDataset, String> {
    files::refuse_validation(folder)?;
    let files = [
        files::table(folder, "train")?,
        files::table(folder, "test")?,
    ];
    let [of_train, of_test] = [0, 1].map(|part| {
        let name = files[part]
            .file_name()
            .unwrap_or_default()
            .display()
            .to_string();
        move |reason: String| format!("{name}: {reason}")
    });
    let missing = Missing::of(settings.na_values.as_ref());
    let names = as_names(settings, label);
    let mut table = read(&files[0], &names, &missing).map_err(&of_train)?;
    let mut tests = read(&files[1], &names, &missing).map_err(&of_test)?;
    columns::selection::refuse_unfitting(&[&table, &tests], &patterns(settings), label)?;
    let dropped = selected(&mut table, settings, label).map_err(&of_train)?;
    let mut labels = column(&table, label)
        .and_then(Labels::of)
        .map_err(&of_train)?;
    let rows = u32::try_from(labels.names.len()).map_err(|_| "it has too many rows".to_owned())?;
    let rows: Vec<u32> = (0..rows).collect();
    let encoder = Encoder::learn(&table, label, &rows, settings, &dropped).map_err(&of_train)?;
    let encoded = encoder.encode(&table, rows.len()).map_err(&of_train)?;
    drop(table);
    let (mut test_labels, of_tests) = test_part(&mut tests, &encoder, label).map_err(&of_test)?;
    columns::label::settle([&mut labels, &mut test_labels]);
    let part = |values: Vec<f32>, labels: Labels| LabeledSamples {
        values: Values::Floats(values),
        labels: labels.names,
    };
    let is_incomplete = encoded.is_incomplete || of_tests.is_incomplete;
    let parts = [
        part(encoded.values, labels),
        part(of_tests.values, test_labels),
    ];
    Ok(own(parts, &encoder, is_incomplete, of_tests.warnings))
}

/// Both parts of the data, with what is known of their features.
fn own(
    [train, test]: [LabeledSamples; 2],
    encoder: &Encoder,
    is_incomplete: bool,
    mut warnings: Vec<TableWarning>,
) -> RawDataset {
    let encoding = encoder.encoding();
    warnings.extend_from_slice(encoder.warnings());
    warnings.extend(columns::label::warnings(&train.labels));
    RawDataset {
        train,
        test: Some(test),
        features: encoding.width(),
        image: None,
        columns: encoding.features(),
        encoding: Some(encoding.clone()),
        imputation: encoder.imputation(),
        is_incomplete,
        test_split_from_training: false,
        notes: encoder.notes().to_vec(),
        warnings,
    }
}

/// The labels and the features of the test table, from which nothing is learnt.
fn test_part(
    table: &mut Vec<Column>,
    encoder: &Encoder,
    label: &str,
) -> Result<(Labels, Encoded), String> {
    if !table.iter().any(|column| column.name == label) {
        return Err(format!(
            "it has no column `{label}`, and a test part needs its classes; if they are not known, \
             as in Kaggle's test.csv, set data.path to the training table alone"
        ));
    }
    drop_known(table, encoder.encoding(), label);
    columns::row_names::refuse_doubles(table, label)?;
    if let Some(other) = others(table, encoder.encoding(), label).first() {
        return Err(format!(
            "the training table has no column `{other}`; leave it out: {}",
            remedy::drop(other)
        ));
    }
    let labels = Labels::of(column(table, label)?)?;
    let encoded = encoder.encode(table, labels.names.len())?;
    Ok((labels, encoded))
}

/// The features of a table's rows without classes: `values`, of the shape `[rows, features]`.
pub(super) struct Rows {
    pub(super) values: Vec<f32>,
    pub(super) shape: Vec<usize>,
    pub(super) warnings: Vec<TableWarning>,
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
    let missing = Missing::new(known.na_values.iter().map(String::as_str));
    let mut table = read(path, &names, &missing)?;
    table.retain(|column| column.name != label || label.is_empty());
    drop_known(&mut table, &known, "");
    columns::row_names::refuse_doubles(&table, "")?;
    let encoding = match known.columns.is_empty() {
        true => Encoding {
            columns: table.iter().map(|column| plain(&column.name)).collect(),
            ..known
        },
        false => {
            refuse_other_columns(&table, &known)?;
            known
        }
    };
    // Values that are no numbers are not kept: such a column is refused below.
    let height = table.iter().map(|column| column.cells.len()).max();
    let height = height.unwrap_or(0);
    let encoder = Encoder::known(encoding, imputes);
    let encoded = encoder.encode(&table, height)?;
    Ok(Rows {
        values: encoded.values,
        shape: vec![height, encoder.encoding().width()],
        warnings: encoded.warnings,
    })
}

/// Refuses a table with other columns than a model was trained on.
fn refuse_other_columns(table: &[Column], known: &Encoding) -> Result<(), String> {
    let others = others(table, known, "");
    let own: HashSet<&str> = table.iter().map(|column| column.name.as_str()).collect();
    let lacking = known.columns.iter().map(|column| column.name.as_str());
    let lacking: Vec<&str> = lacking.filter(|name| !own.contains(name)).collect();
    match (lacking.first(), others.first()) {
        (None, None) => Ok(()),
        (None, Some(other)) => Err(format!(
            "the model was trained without a column `{other}`; leave it out"
        )),
        (Some(name), _) => {
            let others: Vec<String> = others.iter().map(|&other| other.to_owned()).collect();
            Err(match others.is_empty() {
                true => format!("it has no column `{name}`, on which the model was trained"),
                false => encoding::hints::no_column(name, &others),
            })
        }
    }
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
fn as_names<'a>(settings: &'a ColumnSettings, label: &'a str) -> Vec<&'a str> {
    let categorical = settings.categorical.iter().flat_map(ColumnNames::iter);
    let ordinal = settings.ordinal.iter().flat_map(OrdinalColumns::iter);
    let names = categorical.chain(ordinal.map(|(name, _)| name));
    names.chain([label]).collect()
}

/// The names and patterns of the columns that are left out.
fn patterns(settings: &ColumnSettings) -> Vec<&str> {
    settings.drop.iter().flat_map(ColumnNames::iter).collect()
}

/// Removes the columns that the settings drop from a table to learn from, checks the names of the others, and
/// returns the names of those removed.
fn selected(
    table: &mut Vec<Column>,
    settings: &ColumnSettings,
    label: &str,
) -> Result<Vec<String>, String> {
    let dropped = columns::selection::drop_columns(table, &patterns(settings), label);
    columns::selection::refuse_unknown(table, settings)?;
    if !table.iter().any(|column| column.name == label) {
        let names: Vec<String> = table.iter().map(|column| column.name.clone()).collect();
        return Err(encoding::hints::no_column(label, &names));
    }
    columns::row_names::refuse_doubles(table, label)?;
    match table.len() {
        1 => Err(format!(
            "it has no column but `{label}`: nothing to learn from"
        )),
        _ => Ok(dropped),
    }
}

/// Removes the columns that the training table was read without.
fn drop_known(table: &mut Vec<Column>, encoding: &Encoding, label: &str) {
    let patterns: Vec<&str> = encoding.drop.iter().map(String::as_str).collect();
    columns::selection::drop_columns(table, &patterns, label);
}

/// The names of the columns that the training table does not have.
fn others<'a>(table: &'a [Column], encoding: &Encoding, label: &str) -> Vec<&'a str> {
    let known: HashSet<&str> = encoding
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let names = table.iter().map(|column| column.name.as_str());
    names
        .filter(|name| *name != label && !known.contains(name))
        .collect()
}

/// Reads a table. Where a file tells no types, the cells of the columns `names` are kept as they are written.
fn read(path: &Path, names: &[&str], missing: &Missing) -> Result<Vec<Column>, String> {
    match format(path) {
        Some(Format::Parquet) => parquet::parquet_file::read(path),
        Some(Format::Csv) => csv::csv_file::read(path, names, missing),
        None => Err(
            "its name ends in none of .csv, .tsv, .txt, .data (also gzipped, .csv.gz) and .parquet"
                .to_owned(),
        ),
    }
}

/// The column of this name.
fn column<'a>(table: &'a [Column], name: &str) -> Result<&'a Column, String> {
    let found = table.iter().find(|column| column.name == name);
    found.ok_or_else(|| format!("it has no column `{name}`, unlike the training table"))
}
