//! From the columns of a table to the features of a model: learnt from the training part, then applied to
//! every part.

use super::super::imputation::{Imputation, MISSING};
use super::column::Column;
use super::kind::{flag, kind, present_names};
use super::missing::{Missing, is_marker};
use super::notes::notes;
use super::numbers::{narrow, numbers, offset};
use super::row_names;
use crate::spec::{ColumnKind, Columns, EncodedColumn, Encoding, Impute, Names};
use std::collections::{HashMap, HashSet};

/// The most numbers of a part: a few long texts may become many features.
const MOST_NUMBERS: usize = 1 << 28;

/// Encodes tables.
pub(super) struct Encoder {
    encoding: Encoding,
    missing: Missing,
    /// Whether cells without a value are accepted.
    imputes: bool,
    /// The cells without a value of each column, in the rows that were learnt from.
    absent: Vec<usize>,
    /// How many rows that were.
    rows: usize,
}

/// The features of a table.
pub(super) struct Encoded {
    /// `[rows, features]`; [`MISSING`] where a value is missing.
    pub(super) values: Vec<f32>,
    /// Whether any value is missing.
    pub(super) is_incomplete: bool,
    /// What may be wrong.
    pub(super) warnings: Vec<String>,
}

impl Encoder {
    /// Learns from the rows at these positions what each column but `label` becomes.
    ///
    /// # Errors
    /// A reason, in words, that names the column.
    pub(super) fn learn(
        table: &[Column],
        label: &str,
        rows: &[u32],
        settings: &Columns,
    ) -> Result<Self, String> {
        let missing = Missing::of(settings.na_values.as_ref());
        let (mut columns, mut absences) = (Vec::new(), Vec::new());
        for column in table.iter().filter(|column| column.name != label) {
            let kind = kind(column, rows, settings, &missing)?;
            let offset = match kind {
                ColumnKind::Number => {
                    row_names::refuse(column)?;
                    offset(column, &missing, settings.keeps_numbers)?
                }
                _ => 0.0,
            };
            let cells = Cells::of(column, &kind, offset, &missing)?;
            let absent = rows
                .iter()
                .filter(|&&row| cells.is_missing(row as usize))
                .count();
            if absent == rows.len() {
                return Err(format!(
                    "the column `{0}` has no value in the training part; leave it out: data.drop: \
                     [\"{0}\"]",
                    column.name
                ));
            }
            absences.push(absent);
            columns.push(EncodedColumn {
                name: column.name.clone(),
                kind,
                offset,
                indicator: absent > 0,
            });
        }
        let names = |names: &Option<Names>| -> Vec<String> {
            let names = names.iter().flat_map(Names::iter);
            names.map(str::to_owned).collect()
        };
        let encoding = Encoding {
            columns,
            na_values: names(&settings.na_values),
            drop: names(&settings.drop),
        };
        refuse_equal_features(&encoding)?;
        Ok(Self {
            encoding,
            missing,
            imputes: settings.imputation() != Impute::None,
            absent: absences,
            rows: rows.len(),
        })
    }

    /// Encodes as a model's description says; cells without a value are accepted where the model
    /// `imputes`.
    pub(super) fn known(encoding: Encoding, imputes: bool) -> Self {
        Self {
            missing: Missing::new(encoding.na_values.iter().map(String::as_str)),
            encoding,
            imputes,
            absent: Vec::new(),
            rows: 0,
        }
    }

    /// What each column becomes.
    pub(super) fn encoding(&self) -> &Encoding {
        &self.encoding
    }

    /// What has become of the columns, beside those that were `dropped`, in words for people.
    pub(super) fn notes(&self, dropped: &[String]) -> Vec<String> {
        notes(&self.encoding, dropped, &self.absent, self.rows)
    }

    /// What fills the missing values of each feature.
    pub(super) fn imputation(&self) -> Vec<Imputation> {
        let mut rules = Vec::new();
        for column in &self.encoding.columns {
            match &column.kind {
                ColumnKind::Number => rules.push(Imputation::Median),
                ColumnKind::Flag | ColumnKind::Ordinal(_) => rules.push(Imputation::MostFrequent),
                ColumnKind::OneHot(levels) => {
                    let block = Imputation::OneHot {
                        first: rules.len(),
                        levels: levels.len(),
                    };
                    rules.extend(std::iter::repeat_n(block, levels.len()));
                }
            }
            if column.indicator {
                // It is never missing itself.
                rules.push(Imputation::MostFrequent);
            }
        }
        rules
    }

    /// The features of so many rows of a table, which is called `part` in warnings.
    ///
    /// # Errors
    /// A reason, in words, that names column and row.
    pub(super) fn encode(
        &self,
        table: &[Column],
        rows: usize,
        part: &str,
    ) -> Result<Encoded, String> {
        let features: Vec<usize> = self.encoding.columns.iter().map(features_of).collect();
        let width: usize = features.iter().sum();
        if rows.saturating_mul(width) > MOST_NUMBERS {
            return Err(format!(
                "its columns become {width} features, and {rows} samples of them more than \
                 {MOST_NUMBERS} numbers; leave out columns with many categories: data.drop"
            ));
        }
        let mut encoded = Encoded {
            values: vec![0.0; rows * width],
            is_incomplete: false,
            warnings: Vec::new(),
        };
        let mut first = 0;
        for (column, features) in self.encoding.columns.iter().zip(features) {
            let found = table.iter().find(|own| own.name == column.name);
            let found = found.ok_or_else(|| {
                format!(
                    "it has no column `{}`, unlike the training table",
                    column.name
                )
            })?;
            let cells = encoded.values.chunks_exact_mut(width.max(1));
            let cells = cells.map(|row| &mut row[first..first + features]);
            let absent = self.encode_column(found, column, cells, &mut encoded.warnings, part)?;
            encoded.is_incomplete |= absent > 0;
            if absent > 0 && !column.indicator {
                encoded.warnings.push(format!(
                    "column `{}`: {absent} {} of {part} {} no value, and none is missing in the \
                     training part: filled, but no feature says so",
                    column.name,
                    if absent == 1 { "cell" } else { "cells" },
                    if absent == 1 { "has" } else { "have" },
                ));
            }
            first += features;
        }
        Ok(encoded)
    }

    /// Writes the features of a column into the rows; how many of them have no value.
    fn encode_column<'a>(
        &self,
        found: &Column,
        column: &EncodedColumn,
        rows: impl Iterator<Item = &'a mut [f32]>,
        warnings: &mut Vec<String>,
        part: &str,
    ) -> Result<usize, String> {
        let cells = Cells::of(found, &column.kind, column.offset, &self.missing)?;
        let (mut absent, mut unknown) = (0, Vec::new());
        let levels = match &column.kind {
            ColumnKind::OneHot(levels) | ColumnKind::Ordinal(levels) => levels.as_slice(),
            ColumnKind::Number | ColumnKind::Flag => &[],
        };
        let positions: HashMap<&str, usize> = levels.iter().map(String::as_str).zip(0..).collect();
        for (row, features) in rows.enumerate() {
            if cells.is_missing(row) {
                if !self.imputes {
                    return Err(
                        found.fault(row, "the cell has no value; fill it in, or remove the row")
                    );
                }
                absent += 1;
                features.fill(MISSING);
                if let Some(indicator) = features.last_mut().filter(|_| column.indicator) {
                    *indicator = 1.0;
                }
                continue;
            }
            let name = match &cells {
                Cells::Numbers(numbers) => {
                    if let Some(number) = numbers[row] {
                        features[0] = narrow(found, row, number)?;
                    }
                    continue;
                }
                Cells::Names(names) => names[row].as_deref().unwrap_or_default(),
            };
            match (positions.get(name), &column.kind) {
                (Some(&level), ColumnKind::OneHot(_)) => features[level] = 1.0,
                (Some(&level), _) => features[0] = level as f32,
                (None, ColumnKind::OneHot(_)) => unknown.push(name),
                (None, _) => {
                    let levels = levels.join(", ");
                    let what = format!("`{name}` is none of its levels: {levels}");
                    return Err(found.fault(row, &what));
                }
            }
        }
        if let Some(warning) = of_unknown(&column.name, unknown, part) {
            warnings.push(warning);
        }
        Ok(absent)
    }

    /// Levels that look as if they stood for a missing value.
    pub(super) fn suspicious_levels(&self) -> Vec<String> {
        let columns = self.encoding.columns.iter();
        let suspicious = |column: &EncodedColumn| {
            let ColumnKind::OneHot(levels) = &column.kind else {
                return None;
            };
            let marker = levels.iter().find(|level| is_marker(level))?;
            Some(format!(
                "the column `{}` has the level `{marker}`, which may stand for a missing value: then say \
                 so by data.na_values: [\"{marker}\"]",
                column.name
            ))
        };
        columns.filter_map(suspicious).collect()
    }
}

/// The cells of a column, read as what it holds.
enum Cells {
    Numbers(Vec<Option<f64>>),
    Names(Vec<Option<String>>),
}

impl Cells {
    fn of(
        column: &Column,
        kind: &ColumnKind,
        offset: f64,
        missing: &Missing,
    ) -> Result<Self, String> {
        match kind {
            ColumnKind::Number => numbers(column, missing, offset).map(Self::Numbers),
            ColumnKind::Flag => flags(column, missing).map(Self::Numbers),
            ColumnKind::OneHot(_) | ColumnKind::Ordinal(_) => {
                present_names(column, missing).map(Self::Names)
            }
        }
    }

    fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Numbers(cells) => cells[row].is_none(),
            Self::Names(cells) => cells[row].is_none(),
        }
    }
}

/// Truth values as 1 and 0; numbers that are so already as they are.
fn flags(column: &Column, missing: &Missing) -> Result<Vec<Option<f64>>, String> {
    use super::column::Cells::{Texts, Written};
    let (Texts(texts) | Written(texts)) = &column.cells else {
        return numbers(column, missing, 0.0);
    };
    let cell = |(row, text): (usize, &Option<String>)| match text.as_deref() {
        None => Ok(None),
        Some(text) if missing.is_text(text) || is_marker(text) => Ok(None),
        Some(text) => match (flag(text), text.trim().parse::<f64>()) {
            (Some(flag), _) => Ok(Some(f64::from(flag))),
            (None, Ok(number)) => Ok(Some(number)),
            (None, Err(_)) => {
                Err(column.fault(row, &format!("`{}` is neither true nor false", text.trim())))
            }
        },
    };
    texts.iter().enumerate().map(cell).collect()
}

fn features_of(column: &EncodedColumn) -> usize {
    column.kind.features() + usize::from(column.indicator)
}

/// What is to be said of levels that the training part lacks.
fn of_unknown(column: &str, mut unknown: Vec<&str>, part: &str) -> Option<String> {
    const SHOWN: usize = 3;
    let cells = unknown.len();
    unknown.sort_unstable();
    unknown.dedup();
    let shown: Vec<String> = unknown
        .iter()
        .take(SHOWN)
        .map(|level| format!("`{level}`"))
        .collect();
    let more = match unknown.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (cells > 0).then(|| {
        format!(
            "column `{column}`: {cells} {} of {part} {} no level of the training part ({}{more}): all \
             of its features are 0 there",
            if cells == 1 { "cell" } else { "cells" },
            if cells == 1 { "has" } else { "have" },
            shown.join(", "),
        )
    })
}

/// Refuses columns whose features have one name.
fn refuse_equal_features(encoding: &Encoding) -> Result<(), String> {
    let mut seen = HashSet::new();
    for feature in encoding.features() {
        if let Some(twice) = seen.replace(feature) {
            return Err(format!(
                "two features are named `{twice}`: a column has this name, and another becomes it; \
                 rename one of them"
            ));
        }
    }
    Ok(())
}
