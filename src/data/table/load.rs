//! Loads the labeled tables of a data set.

use super::columns::column::Column;
use super::columns::hints;
use super::columns::label::{self, Labels, unify_flag_labels};
use super::columns::missing::MissingValues;
use super::columns::row_names::refuse_duplicate_names;
use super::columns::selection::{drop_columns, refuse_unknown_columns, refuse_unmatched_patterns};
use super::encoding::encoder::{Encoded, Encoder};
use super::files::{find_table, refuse_validation};
use super::read::{additional_columns, drop_as_in_training, find_column, read};
use crate::data::custom::raw_dataset::{LabeledSamples, RawDataset, split_off_test};
use crate::data::quality::remedy;
use crate::data::samples::dataset::Values;
use crate::spec::{
    ColumnNames, ColumnSettings, DataSource, NonEmptyString, OrdinalColumns, TableWarning,
};
use std::path::Path;

/// Reads a table, or a folder with the tables `train.*` and `test.*`.
///
/// Every column becomes one or more features, except the label and the columns that are left out.
///
/// # Errors
/// A reason that names the column and the row. Rows are counted from 1, below the header.
pub(crate) fn load(path: &Path, source: &DataSource) -> Result<RawDataset, String> {
    let label = source.label.as_ref().map_or("", NonEmptyString::as_str);
    let settings = &source.columns;
    if path.is_dir() {
        load_folder(path, label, settings)
    } else {
        load_file(path, label, settings, source.test_fraction.get())
    }
}

/// Reads a table, of which the fraction `test_fraction` becomes the test part.
fn load_file(
    path: &Path,
    label: &str,
    settings: &ColumnSettings,
    test_fraction: f64,
) -> Result<RawDataset, String> {
    let missing = MissingValues::of(settings.na_values.as_ref());
    let mut table = read(path, &text_columns(settings, label), &missing)?;
    refuse_unmatched_patterns(&[&table], &patterns(settings), label)?;
    let dropped = select_columns(&mut table, settings, label)?;
    let mut labels = Labels::of(find_column(&table, label)?)?;
    unify_flag_labels([&mut labels]);
    let (train, test) = split_off_test(&labels.names, test_fraction)?;
    let encoder = Encoder::fit(&table, label, &train, settings, &dropped)?;
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
        ..raw_dataset(parts, &encoder, all.has_missing, all.warnings)
    })
}

/// Reads the tables of a folder, one per part.
fn load_folder(
    folder: &Path,
    label: &str,
    settings: &ColumnSettings,
) -> Result<RawDataset, String> {
    refuse_validation(folder)?;
    let files = [find_table(folder, "train")?, find_table(folder, "test")?];
    let [in_train, in_test] = [0, 1].map(|part| {
        let name = files[part]
            .file_name()
            .unwrap_or_default()
            .display()
            .to_string();
        move |reason: String| format!("{name}: {reason}")
    });
    let missing = MissingValues::of(settings.na_values.as_ref());
    let text_columns = text_columns(settings, label);
    let mut table = read(&files[0], &text_columns, &missing).map_err(&in_train)?;
    let mut test_table = read(&files[1], &text_columns, &missing).map_err(&in_test)?;
    refuse_unmatched_patterns(&[&table, &test_table], &patterns(settings), label)?;
    let dropped = select_columns(&mut table, settings, label).map_err(&in_train)?;
    let mut labels = find_column(&table, label)
        .and_then(Labels::of)
        .map_err(&in_train)?;
    let rows = u32::try_from(labels.names.len()).map_err(|_| "it has too many rows".to_owned())?;
    let rows: Vec<u32> = (0..rows).collect();
    let encoder = Encoder::fit(&table, label, &rows, settings, &dropped).map_err(&in_train)?;
    let train = encoder.encode(&table, rows.len()).map_err(&in_train)?;
    drop(table);
    let (mut test_labels, test) =
        encode_test(&mut test_table, &encoder, label).map_err(&in_test)?;
    unify_flag_labels([&mut labels, &mut test_labels]);
    let part = |values: Vec<f32>, labels: Labels| LabeledSamples {
        values: Values::Floats(values),
        labels: labels.names,
    };
    let has_missing = train.has_missing || test.has_missing;
    let parts = [part(train.values, labels), part(test.values, test_labels)];
    Ok(raw_dataset(parts, &encoder, has_missing, test.warnings))
}

/// Both parts of the data, with the encoding of their features.
fn raw_dataset(
    [train, test]: [LabeledSamples; 2],
    encoder: &Encoder,
    has_missing: bool,
    mut warnings: Vec<TableWarning>,
) -> RawDataset {
    let encoding = encoder.encoding();
    warnings.extend_from_slice(encoder.warnings());
    warnings.extend(label::warnings(&train.labels));
    RawDataset {
        train,
        test: Some(test),
        features: encoding.width(),
        image: None,
        columns: encoding.features(),
        encoding: Some(encoding.clone()),
        imputation: encoder.imputation(),
        has_missing,
        test_split_from_training: false,
        notes: encoder.notes().to_vec(),
        warnings,
    }
}

/// The labels and the features of the test table, to which nothing is fitted.
fn encode_test(
    table: &mut Vec<Column>,
    encoder: &Encoder,
    label: &str,
) -> Result<(Labels, Encoded), String> {
    if !table.iter().any(|column| column.name == label) {
        return Err(format!(
            "it has no column `{label}`, but a test set needs labels; if they are unknown, as in \
             Kaggle's test.csv, set data.path to the training table"
        ));
    }
    drop_as_in_training(table, encoder.encoding(), label);
    refuse_duplicate_names(table, label)?;
    if let Some(other) = additional_columns(table, encoder.encoding(), label).first() {
        return Err(format!(
            "the training table has no column `{other}`; leave it out: {}",
            remedy::drop_setting(other)
        ));
    }
    let labels = Labels::of(find_column(table, label)?)?;
    let encoded = encoder.encode(table, labels.names.len())?;
    Ok((labels, encoded))
}

/// The columns whose cells are names, which are kept as text: `01` is not a number.
fn text_columns<'a>(settings: &'a ColumnSettings, label: &'a str) -> Vec<&'a str> {
    let categorical = settings.categorical.iter().flat_map(ColumnNames::iter);
    let ordinal = settings.ordinal.iter().flat_map(OrdinalColumns::iter);
    let names = categorical.chain(ordinal.map(|(name, _)| name));
    names.chain([label]).collect()
}

/// The names and patterns of the columns to leave out.
fn patterns(settings: &ColumnSettings) -> Vec<&str> {
    settings.drop.iter().flat_map(ColumnNames::iter).collect()
}

/// Removes the columns to leave out from a training table, checks the names of the others, and returns the names of those
/// removed.
fn select_columns(
    table: &mut Vec<Column>,
    settings: &ColumnSettings,
    label: &str,
) -> Result<Vec<String>, String> {
    let dropped = drop_columns(table, &patterns(settings), label);
    refuse_unknown_columns(table, settings)?;
    if !table.iter().any(|column| column.name == label) {
        let names: Vec<String> = table.iter().map(|column| column.name.clone()).collect();
        return Err(hints::no_column(label, &names));
    }
    refuse_duplicate_names(table, label)?;
    if table.len() == 1 {
        return Err(format!(
            "its only column is the label `{label}`; there are no features"
        ));
    }
    Ok(dropped)
}
