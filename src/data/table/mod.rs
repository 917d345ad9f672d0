//! The user's own tables: CSV or Parquet, one row for each sample.

mod canonical;
mod csv;
mod decimal_comma;
mod decode;
mod files;
mod hints;
mod label;
mod layout;
mod parquet;
mod records;
mod row_names;
mod strict_file;

use super::dataset::Values;
use super::own::{Own, Part};
use super::precision::Spread;
use label::Labels;
use std::path::Path;

pub(super) use files::{Format, format};

/// A column as a file has it.
struct Column {
    name: String,
    cells: Cells,
    /// Whether the file itself says that it is an index.
    is_index: bool,
}

/// The cells of a column; nothing where a cell is empty.
enum Cells {
    Numbers(Vec<Option<f64>>),
    /// Whole numbers, which 64-bit floats may round.
    Whole(Vec<Option<i64>>),
    Unsigned(Vec<Option<u64>>),
    Flags(Vec<Option<bool>>),
    Texts(Vec<Option<String>>),
    /// Texts as they stand in a file that tells no types: names or numbers.
    Written(Vec<Option<String>>),
    /// Values of a type that is neither, with its name.
    Other(String),
}

/// Reads a table, or a folder with the tables `train.*` and `test.*`.
///
/// Every column but `label` is a feature: numbers, or true and false.
///
/// # Errors
/// A reason, in words, that names column and row. Rows are counted from 1, below the header.
pub(super) fn load(path: &Path, label: &str) -> Result<Own, String> {
    if !path.is_dir() {
        let table = read(path, Some(label))?;
        let columns = training_features(&table, label)?;
        let warnings = row_names::warnings(&table, label);
        let (values, mut labels) = part(&table, &columns, label)?;
        label::settle([&mut labels]);
        return Ok(Own {
            train: samples(values, labels),
            test: None,
            features: columns.len(),
            image: None,
            columns,
            warnings,
        });
    }
    files::refuse_validation(path)?;
    let train = part_of(&files::table(path, "train")?, label, None)?;
    let test = part_of(&files::table(path, "test")?, label, Some(&train.columns))?;
    let (mut labels, mut test_labels) = (train.labels, test.labels);
    label::settle([&mut labels, &mut test_labels]);
    Ok(Own {
        train: samples(train.values, labels),
        test: Some(samples(test.values, test_labels)),
        features: train.columns.len(),
        image: None,
        columns: train.columns,
        warnings: train.warnings,
    })
}

/// What one file of several has.
struct FilePart {
    values: Vec<f32>,
    labels: Labels,
    columns: Vec<String>,
    warnings: Vec<String>,
}

fn samples(values: Vec<f32>, labels: Labels) -> Part {
    Part {
        values: Values::Floats(values),
        labels: labels.names,
    }
}

/// The numbers of a table's rows, and their shape, `[rows, columns]`: of these columns, by their
/// names, or of all where none are named. `label` may be there, and is left out.
///
/// # Errors
/// A reason, in words, that names column and row.
pub(super) fn rows(
    path: &Path,
    columns: &[String],
    label: Option<&str>,
) -> Result<(Vec<f32>, Vec<usize>), String> {
    let mut table = read(path, label)?;
    table.retain(|column| label.is_none_or(|label| column.name != label));
    row_names::refuse_doubles(&table, "")?;
    let own: Vec<String> = table.iter().map(|column| column.name.clone()).collect();
    let columns = match columns {
        [] => &own,
        known => {
            if let Some(other) = own.iter().find(|column| !known.contains(column)) {
                return Err(format!(
                    "the model was trained without a column `{other}`; leave it out"
                ));
            }
            known
        }
    };
    // Values that are no numbers are not kept: such a column is refused below.
    let heights = table.iter().map(|column| column.cells.len());
    let height = heights.max().unwrap_or(0);
    let values = values(&table, columns, height)?;
    Ok((values, vec![height, columns.len()]))
}

/// One part of the data, with the names of its features; those of the other part, where they are
/// known, in their order.
fn part_of(file: &Path, label: &str, columns: Option<&[String]>) -> Result<FilePart, String> {
    let name = file.file_name().unwrap_or_default().display().to_string();
    let told = |reason: String| format!("{name}: {reason}");
    let table = read(file, Some(label)).map_err(told)?;
    if columns.is_some() && !table.iter().any(|column| column.name == label) {
        return Err(told(format!(
            "it has no column `{label}`, and a test part needs its classes; if they are not known, \
             as in Kaggle's test.csv, set data.path to the training table alone"
        )));
    }
    let columns = match columns {
        None => training_features(&table, label).map_err(told)?,
        Some(columns) => {
            let own = features(&table, label).map_err(told)?;
            if let Some(other) = own.iter().find(|column| !columns.contains(column)) {
                return Err(told(format!("the training table has no column `{other}`")));
            }
            columns.to_vec()
        }
    };
    let (values, labels) = part(&table, &columns, label).map_err(told)?;
    Ok(FilePart {
        values,
        labels,
        warnings: row_names::warnings(&table, label),
        columns,
    })
}

/// Reads a table. Where a file tells no types, the cells of `label` are kept as they are written.
fn read(path: &Path, label: Option<&str>) -> Result<Vec<Column>, String> {
    match format(path) {
        Some(Format::Parquet) => parquet::read(path),
        Some(Format::Csv) => csv::read(path, label),
        None => Err("its name ends in neither .csv, .tsv nor .parquet".to_owned()),
    }
}

/// The names of the feature columns.
fn features(table: &[Column], label: &str) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = table.iter().map(|column| column.name.clone()).collect();
    let Some(position) = names.iter().position(|name| name == label) else {
        return Err(hints::no_column(label, &names));
    };
    row_names::refuse_doubles(table, label)?;
    names.remove(position);
    if names.iter().any(|name| name.trim().is_empty()) {
        return Err(
            "it has a column without a name, such as an index that pandas writes: a feature that \
             tells the row would tell the class; leave it out (`index=False`), or name it"
                .to_owned(),
        );
    }
    match names.is_empty() {
        true => Err(format!(
            "it has no column but `{label}`: nothing to learn from"
        )),
        false => Ok(names),
    }
}

/// The names of the feature columns of a table to learn from: none names its row, and 32 bits hold
/// what tells the values of each apart.
fn training_features(table: &[Column], label: &str) -> Result<Vec<String>, String> {
    let names = features(table, label)?;
    for column in table.iter().filter(|column| column.name != label) {
        row_names::refuse(column)?;
        let mut spread = Spread::default();
        match &column.cells {
            Cells::Numbers(numbers) => {
                numbers
                    .iter()
                    .flatten()
                    .for_each(|&number| spread.add_float(number));
            }
            Cells::Whole(numbers) => {
                numbers
                    .iter()
                    .flatten()
                    .for_each(|&number| spread.add_whole(number.into()));
            }
            Cells::Unsigned(numbers) => {
                numbers
                    .iter()
                    .flatten()
                    .for_each(|&number| spread.add_whole(number.into()));
            }
            _ => {}
        }
        if let Some(reason) = spread.lost() {
            return Err(format!("column `{}`: {reason}", column.name));
        }
    }
    Ok(names)
}

/// The numbers and the labels of a table's rows.
fn part(table: &[Column], columns: &[String], label: &str) -> Result<(Vec<f32>, Labels), String> {
    let labels = Labels::of(column(table, label)?)?;
    Ok((values(table, columns, labels.names.len())?, labels))
}

/// The column of this name.
fn column<'a>(table: &'a [Column], name: &str) -> Result<&'a Column, String> {
    let found = table.iter().find(|column| column.name == name);
    found.ok_or_else(|| format!("it has no column `{name}`, unlike the training table"))
}

/// The numbers of so many rows: `[rows, columns]`.
fn values(table: &[Column], columns: &[String], rows: usize) -> Result<Vec<f32>, String> {
    let width = columns.len();
    let mut values = vec![0.0; rows * width];
    for (index, name) in columns.iter().enumerate() {
        for (row, value) in numbers(column(table, name)?)?.into_iter().enumerate() {
            values[row * width + index] = value;
        }
    }
    Ok(values)
}

impl Cells {
    /// How many rows there are.
    fn len(&self) -> usize {
        match self {
            Self::Numbers(cells) => cells.len(),
            Self::Whole(cells) => cells.len(),
            Self::Unsigned(cells) => cells.len(),
            Self::Flags(cells) => cells.len(),
            Self::Texts(cells) | Self::Written(cells) => cells.len(),
            Self::Other(_) => 0,
        }
    }
}

impl Column {
    /// A fault of one cell.
    fn fault(&self, row: usize, what: &str) -> String {
        format!("column `{}`, row {}: {what}", self.name, row + 1)
    }

    fn wrong_type(&self, kind: &str) -> String {
        format!(
            "column `{}` has values of the type {kind}, not numbers",
            self.name
        )
    }
}

/// The numbers of a feature column.
fn numbers(column: &Column) -> Result<Vec<f32>, String> {
    let all = |numbers: Vec<Option<f64>>| {
        let number = |(row, number): (usize, Option<f64>)| {
            let number = number.ok_or_else(|| column.fault(row, "the cell is empty"))?;
            match (number as f32).is_finite() {
                true => Ok(number as f32),
                false => Err(column.fault(row, &format!("{number} is no finite 32-bit number"))),
            }
        };
        numbers.into_iter().enumerate().map(number).collect()
    };
    match &column.cells {
        Cells::Numbers(numbers) => all(numbers.clone()),
        Cells::Whole(numbers) => all(numbers.iter().map(|n| n.map(|n| n as f64)).collect()),
        Cells::Unsigned(numbers) => all(numbers.iter().map(|n| n.map(|n| n as f64)).collect()),
        Cells::Flags(flags) => all(flags.iter().map(|flag| flag.map(f64::from)).collect()),
        Cells::Texts(texts) | Cells::Written(texts) => {
            let mut numbers = Vec::with_capacity(texts.len());
            for (row, text) in texts.iter().enumerate() {
                let number = text.as_ref().map(|text| {
                    let number = text.trim().parse();
                    number.map_err(|_| column.fault(row, &hints::not_a_number(text)))
                });
                numbers.push(number.transpose()?);
            }
            all(numbers)
        }
        Cells::Other(kind) => Err(column.wrong_type(kind)),
    }
}
