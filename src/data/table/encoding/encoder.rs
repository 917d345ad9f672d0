//! From the columns of a table to the features of a model: learnt from the training part, then applied to
//! every part.

use super::gaps::Gaps;
use super::notes::notes;
use crate::data::quality::remedy;
use crate::data::samples::imputation::{Imputation, MISSING};
use crate::data::table::columns::column::Column;
use crate::data::table::columns::content::Content;
use crate::data::table::columns::kind::kind;
use crate::data::table::columns::missing::{Missing, is_marker};
use crate::data::table::columns::numbers::{narrow, offset};
use crate::data::table::columns::row_names;
use crate::data::table::columns::similar::differ_in_case;
use crate::spec::{
    ColumnKind, ColumnNames, ColumnNote, ColumnSettings, EncodedColumn, Encoding, Impute,
    TableWarning,
};
use std::collections::{HashMap, HashSet};

/// The maximum count of numbers in a part: columns of text may become many features.
const MOST_NUMBERS: usize = 1 << 28;

/// Encodes tables.
pub(crate) struct Encoder {
    encoding: Encoding,
    missing: Missing,
    /// Whether cells without a value are accepted.
    imputes: bool,
    /// Notes for people on what the columns become.
    notes: Vec<ColumnNote>,
    /// Warnings about the columns.
    warnings: Vec<TableWarning>,
}

/// The features of a table.
pub(crate) struct Encoded {
    /// `[rows, features]`; [`MISSING`] where a value is missing.
    pub(crate) values: Vec<f32>,
    /// Whether any value is missing.
    pub(crate) is_incomplete: bool,
    /// Warnings about the table.
    pub(crate) warnings: Vec<TableWarning>,
}

/// A column of the training part, as it was learnt.
struct Learnt {
    column: EncodedColumn,
    /// Cells without a value.
    absent: usize,
    is_constant: bool,
    warning: Option<TableWarning>,
}

impl Encoder {
    /// Learns from the rows at these positions what each column but `label` becomes; `dropped` are the columns
    /// that were left out.
    ///
    /// # Errors
    /// A reason, in words, for each column that cannot be used.
    pub(crate) fn learn(
        table: &[Column],
        label: &str,
        rows: &[u32],
        settings: &ColumnSettings,
        dropped: &[String],
    ) -> Result<Self, String> {
        let missing = Missing::of(settings.na_values.as_ref());
        let (mut learnt, mut faults) = (Vec::new(), Vec::new());
        for column in table.iter().filter(|column| column.name != label) {
            match learn_column(column, rows, settings, &missing) {
                Ok(column) => learnt.push(column),
                Err(fault) => faults.push((column.name.as_str(), fault)),
            }
        }
        refuse(&faults)?;
        let names = |names: &Option<ColumnNames>| -> Vec<String> {
            let names = names.iter().flat_map(ColumnNames::iter);
            names.map(str::to_owned).collect()
        };
        let absent: Vec<usize> = learnt.iter().map(|learnt| learnt.absent).collect();
        let constant = learnt.iter().filter(|learnt| learnt.is_constant);
        let constant: Vec<String> = constant.map(|learnt| learnt.column.name.clone()).collect();
        let mut warnings: Vec<TableWarning> =
            learnt.iter_mut().filter_map(|l| l.warning.take()).collect();
        let encoding = Encoding {
            columns: learnt.into_iter().map(|learnt| learnt.column).collect(),
            na_values: names(&settings.na_values),
            drop: names(&settings.drop),
        };
        refuse_equal_features(&encoding)?;
        warnings.extend(suspicious_levels(&encoding));
        Ok(Self {
            notes: notes(&encoding, dropped, &constant, &absent, rows.len()),
            encoding,
            missing,
            imputes: settings.imputation() != Impute::None,
            warnings,
        })
    }

    /// Encodes as a model's description says; cells without a value are accepted where the model
    /// `imputes`.
    pub(crate) fn known(encoding: Encoding, imputes: bool) -> Self {
        Self {
            missing: Missing::new(encoding.na_values.iter().map(String::as_str)),
            encoding,
            imputes,
            notes: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// What each column becomes.
    pub(crate) fn encoding(&self) -> &Encoding {
        &self.encoding
    }

    /// Notes for people on what the columns become.
    pub(crate) fn notes(&self) -> &[ColumnNote] {
        &self.notes
    }

    /// Warnings about the columns.
    pub(crate) fn warnings(&self) -> &[TableWarning] {
        &self.warnings
    }

    /// What fills the missing values of each feature; empty where they are refused.
    pub(crate) fn imputation(&self) -> Vec<Imputation> {
        if !self.imputes {
            return Vec::new();
        }
        let mut rules = Vec::new();
        for column in &self.encoding.columns {
            match &column.kind {
                ColumnKind::Number => rules.push(Imputation::Median),
                ColumnKind::Boolean | ColumnKind::Ordinal(_) => {
                    rules.push(Imputation::MostFrequent)
                }
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

    /// The features of so many rows of a table.
    ///
    /// # Errors
    /// A reason, in words, that names column and row.
    pub(crate) fn encode(&self, table: &[Column], rows: usize) -> Result<Encoded, String> {
        let width = self.encoding.width();
        if rows.saturating_mul(width) > MOST_NUMBERS {
            return Err(format!(
                "its columns become {width} features, and {rows} samples of them more than \
                 {MOST_NUMBERS} numbers; leave out columns with many categories: data.drop"
            ));
        }
        let places: HashMap<&str, &Column> = table
            .iter()
            .map(|column| (column.name.as_str(), column))
            .collect();
        let mut values = vec![0.0; rows * width];
        let (mut gaps, mut first) = (Gaps::default(), 0);
        for column in &self.encoding.columns {
            let found = places.get(column.name.as_str()).ok_or_else(|| {
                format!(
                    "it has no column `{}`, unlike the training table",
                    column.name
                )
            })?;
            let last = first + column.width();
            let cells = values.chunks_exact_mut(width.max(1));
            let cells = cells.map(|row| &mut row[first..last]);
            self.encode_column(found, column, cells, &mut gaps)?;
            first = last;
        }
        Ok(Encoded {
            values,
            is_incomplete: gaps.is_incomplete(),
            warnings: gaps.warnings(),
        })
    }

    /// Writes the features of a column into the rows.
    fn encode_column<'a>(
        &self,
        found: &Column,
        column: &EncodedColumn,
        rows: impl Iterator<Item = &'a mut [f32]>,
        gaps: &mut Gaps,
    ) -> Result<(), String> {
        if column.kind == ColumnKind::Number
            && let Some(example) = &found.unclear
        {
            return Err(unclear(&column.name, example));
        }
        let content = Content::of(found, &column.kind, &self.missing)?;
        let levels = match &column.kind {
            ColumnKind::OneHot(levels) | ColumnKind::Ordinal(levels) => levels.as_slice(),
            ColumnKind::Number | ColumnKind::Boolean => &[],
        };
        let positions: HashMap<&str, usize> = levels.iter().map(String::as_str).zip(0..).collect();
        let (mut absent, mut unknown) = (0, Vec::new());
        for (row, features) in rows.enumerate() {
            if content.is_missing(row) {
                if !self.imputes {
                    return Err(found.fault(
                        row,
                        "the cell has no value; fill it in or remove the row, or let it be filled \
                         (data.impute: median)",
                    ));
                }
                absent += 1;
                features.fill(MISSING);
                if let Some(indicator) = features.last_mut().filter(|_| column.indicator) {
                    *indicator = 1.0;
                }
                continue;
            }
            let name = match &content {
                Content::Numbers(numbers) => {
                    if let Some(number) = numbers[row] {
                        features[0] = narrow(found, row, number, column.offset)?;
                    }
                    continue;
                }
                Content::Names(names) => names[row].as_deref().unwrap_or_default(),
            };
            match (positions.get(name), &column.kind) {
                (Some(&level), ColumnKind::OneHot(_)) => features[level] = 1.0,
                (Some(&level), _) => features[0] = level as f32,
                (None, ColumnKind::OneHot(_)) => unknown.push(name),
                (None, _) => return Err(found.fault(row, &no_level(name, levels))),
            }
        }
        if absent > 0 {
            gaps.absent(&column.name, absent, column.indicator);
        }
        gaps.unknown(&column.name, unknown);
        Ok(())
    }
}

/// What a column becomes, as these rows of it show.
fn learn_column(
    column: &Column,
    rows: &[u32],
    settings: &ColumnSettings,
    missing: &Missing,
) -> Result<Learnt, String> {
    let kind = kind(column, rows, settings, missing)?;
    let content = Content::of(column, &kind, missing)?;
    let (mut shift, mut is_constant, mut warning) = (0.0, false, None);
    if let (ColumnKind::Number, Content::Numbers(numbers)) = (&kind, &content) {
        if let Some(example) = &column.unclear {
            return Err(unclear(&column.name, example));
        }
        row_names::refuse(column, numbers)?;
        warning = row_names::warning(column, numbers);
        shift = offset(column, numbers, rows)?;
        let mut present = rows.iter().filter_map(|&row| numbers[row as usize]);
        let first = present.next();
        is_constant = present.all(|number| Some(number) == first);
    }
    let is_absent = |row: &&u32| content.is_missing(**row as usize);
    let absent = rows.iter().filter(is_absent).count();
    if absent == rows.len() {
        return Err(format!(
            "the column `{}` has no value in the training part; leave it out: {}",
            column.name,
            remedy::drop(&column.name)
        ));
    }
    Ok(Learnt {
        column: EncodedColumn {
            name: column.name.clone(),
            kind,
            offset: shift,
            indicator: absent > 0,
        },
        absent,
        is_constant: is_constant && absent == 0,
        warning,
    })
}

/// Refuses a table with columns that cannot be used, all at once.
fn refuse(faults: &[(&str, String)]) -> Result<(), String> {
    const SHOWN: usize = 8;
    match faults {
        [] => Ok(()),
        [(_, only)] => Err(only.clone()),
        several => {
            let shown: Vec<String> = several
                .iter()
                .take(SHOWN)
                .map(|(_, fault)| format!("\n- {fault}"))
                .collect();
            let names: Vec<&str> = several.iter().map(|(name, _)| *name).collect();
            let more = match names.get(SHOWN..) {
                None | Some([]) => String::new(),
                Some(rest) => format!("\n- and {}", rest.join(", ")),
            };
            Err(format!(
                "{} columns cannot be used as they are:{}{more}\nto leave all of them out: {}",
                several.len(),
                shown.concat(),
                remedy::drop_all(&names)
            ))
        }
    }
}

/// The message that a point may separate thousands or decimals.
fn unclear(name: &str, example: &str) -> String {
    let plain: String = example.chars().filter(|&c| c != '.').collect();
    format!(
        "column `{name}`: `{example}` is ambiguous: its point may separate thousands or decimals; write \
         {plain} or {example}0"
    )
}

/// The message that a name is no level of an ordinal column.
fn no_level(name: &str, levels: &[String]) -> String {
    let hint = match is_marker(name) {
        true => format!(
            "; if it stands for a missing value, set {}",
            remedy::na_values(name)
        ),
        false => String::new(),
    };
    format!(
        "`{}` is none of its levels: {}{hint}",
        remedy::shortened(name),
        levels.join(", ")
    )
}

/// Warns of levels that look as if they stood for a missing value, or as if two were one.
fn suspicious_levels(encoding: &Encoding) -> Vec<TableWarning> {
    let mut warnings = Vec::new();
    for EncodedColumn { name, kind, .. } in &encoding.columns {
        let ColumnKind::OneHot(levels) = kind else {
            continue;
        };
        if let Some(marker) = levels.iter().find(|level| is_marker(level)) {
            warnings.push(TableWarning::MissingCategory {
                column: name.clone(),
                category: marker.clone(),
            });
        }
        if let Some(pair) = differ_in_case(levels) {
            warnings.push(TableWarning::SimilarCategories {
                column: name.clone(),
                categories: pair.map(str::to_owned),
            });
        }
    }
    warnings
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
