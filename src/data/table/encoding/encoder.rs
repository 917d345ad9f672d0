//! Encodes the columns of a table as features: fitted to the training part, then applied to every part.

use super::issues::EncodingIssues;
use super::notes::notes;
use crate::data::quality::remedy;
use crate::data::samples::imputation::{Imputation, MISSING};
use crate::data::table::columns::column::Column;
use crate::data::table::columns::column_values::ColumnValues;
use crate::data::table::columns::kind::infer_kind;
use crate::data::table::columns::missing::{MissingValues, is_missing_marker};
use crate::data::table::columns::numbers::{fit_offset, shift_to_f32};
use crate::data::table::columns::row_names;
use crate::data::table::columns::similar::differ_in_case;
use crate::data::table::limits::MAX_FEATURE_VALUES;
use crate::spec::{
    ColumnKind, ColumnNames, ColumnNote, ColumnSettings, EncodedColumn, Encoding, Impute,
    TableWarning,
};
use std::collections::{HashMap, HashSet};

/// Encodes the columns of tables as features.
pub(crate) struct Encoder {
    encoding: Encoding,
    missing: MissingValues,
    /// Whether missing values are accepted.
    imputes: bool,
    /// Notes about what the columns become.
    notes: Vec<ColumnNote>,
    /// Warnings about the columns.
    warnings: Vec<TableWarning>,
}

/// The features of a table's rows.
pub(crate) struct Encoded {
    /// `[rows, features]`; missing values are [`MISSING`].
    pub(crate) values: Vec<f32>,
    /// Whether any value is missing.
    pub(crate) has_missing: bool,
    /// Warnings about the table.
    pub(crate) warnings: Vec<TableWarning>,
}

/// A column, fitted to the training part.
struct FittedColumn {
    column: EncodedColumn,
    /// The number of missing values.
    missing_count: usize,
    is_constant: bool,
    warning: Option<TableWarning>,
}

impl Encoder {
    /// Determines from the rows at these positions what each column except `label` becomes; `dropped` are the columns left
    /// out.
    ///
    /// # Errors
    /// A reason for each column that cannot be used.
    pub(crate) fn fit(
        table: &[Column],
        label: &str,
        rows: &[u32],
        settings: &ColumnSettings,
        dropped: &[String],
    ) -> Result<Self, String> {
        let missing = MissingValues::of(settings.na_values.as_ref());
        let (mut fitted, mut errors) = (Vec::new(), Vec::new());
        for column in table.iter().filter(|column| column.name != label) {
            match fit_column(column, rows, settings, &missing) {
                Ok(column) => fitted.push(column),
                Err(error) => errors.push((column.name.as_str(), error)),
            }
        }
        refuse_unusable_columns(&errors)?;
        let names = |names: &Option<ColumnNames>| -> Vec<String> {
            let names = names.iter().flat_map(ColumnNames::iter);
            names.map(str::to_owned).collect()
        };
        let missing_counts: Vec<usize> = fitted.iter().map(|fitted| fitted.missing_count).collect();
        let constant = fitted.iter().filter(|fitted| fitted.is_constant);
        let constant: Vec<String> = constant.map(|fitted| fitted.column.name.clone()).collect();
        let mut warnings: Vec<TableWarning> =
            fitted.iter_mut().filter_map(|l| l.warning.take()).collect();
        let encoding = Encoding {
            columns: fitted.into_iter().map(|fitted| fitted.column).collect(),
            na_values: names(&settings.na_values),
            drop: names(&settings.drop),
        };
        refuse_equal_features(&encoding)?;
        warnings.extend(suspicious_categories(&encoding));
        Ok(Self {
            notes: notes(&encoding, dropped, &constant, &missing_counts, rows.len()),
            encoding,
            missing,
            imputes: settings.imputation() != Impute::None,
            warnings,
        })
    }

    /// An encoder with a known encoding; missing values are accepted if the model `imputes` them.
    pub(crate) fn from_encoding(encoding: Encoding, imputes: bool) -> Self {
        Self {
            missing: MissingValues::new(encoding.na_values.iter().map(String::as_str)),
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

    /// Notes about what the columns become.
    pub(crate) fn notes(&self) -> &[ColumnNote] {
        &self.notes
    }

    /// Warnings about the columns.
    pub(crate) fn warnings(&self) -> &[TableWarning] {
        &self.warnings
    }

    /// The imputation rule of each feature; empty if missing values are refused.
    pub(crate) fn imputation(&self) -> Vec<Imputation> {
        if !self.imputes {
            return Vec::new();
        }
        let mut rules = Vec::new();
        for column in &self.encoding.columns {
            match &column.kind {
                ColumnKind::Number => rules.push(Imputation::Median),
                ColumnKind::Boolean | ColumnKind::Ordinal(_) => {
                    rules.push(Imputation::MostFrequent);
                }
                ColumnKind::OneHot(categories) => {
                    let block = Imputation::OneHot {
                        first: rules.len(),
                        categories: categories.len(),
                    };
                    rules.extend(std::iter::repeat_n(block, categories.len()));
                }
            }
            if column.indicator {
                // An indicator is never missing.
                rules.push(Imputation::MostFrequent);
            }
        }
        rules
    }

    /// The features of the first `rows` rows of a table.
    ///
    /// # Errors
    /// A reason that names the column and the row.
    pub(crate) fn encode(&self, table: &[Column], rows: usize) -> Result<Encoded, String> {
        let width = self.encoding.width();
        if rows.saturating_mul(width) > MAX_FEATURE_VALUES {
            return Err(format!(
                "its columns become {width} features, which for {rows} samples are more than \
                 {MAX_FEATURE_VALUES} numbers; leave out columns with many categories: data.drop"
            ));
        }
        let columns_by_name: HashMap<&str, &Column> = table
            .iter()
            .map(|column| (column.name.as_str(), column))
            .collect();
        let mut values = vec![0.0; rows * width];
        let mut issues = EncodingIssues::default();
        let mut first = 0;
        for column in &self.encoding.columns {
            let found = columns_by_name.get(column.name.as_str()).ok_or_else(|| {
                format!(
                    "it has no column `{}`, unlike the training table",
                    column.name
                )
            })?;
            let last = first + column.width();
            let rows = values.chunks_exact_mut(width.max(1));
            let blocks = rows.map(|row| &mut row[first..last]);
            self.encode_column(found, column, blocks, &mut issues)?;
            first = last;
        }
        Ok(Encoded {
            values,
            has_missing: issues.has_missing(),
            warnings: issues.warnings(),
        })
    }

    /// Writes the features of a column into its block of each row.
    fn encode_column<'a>(
        &self,
        found: &Column,
        column: &EncodedColumn,
        blocks: impl Iterator<Item = &'a mut [f32]>,
        issues: &mut EncodingIssues,
    ) -> Result<(), String> {
        if column.kind == ColumnKind::Number
            && let Some(example) = &found.ambiguous_number
        {
            return Err(ambiguous_number_error(&column.name, example));
        }
        let values = ColumnValues::of(found, &column.kind, &self.missing)?;
        let categories = match &column.kind {
            ColumnKind::OneHot(categories) | ColumnKind::Ordinal(categories) => {
                categories.as_slice()
            }
            ColumnKind::Number | ColumnKind::Boolean => &[],
        };
        let positions: HashMap<&str, usize> =
            categories.iter().map(String::as_str).zip(0..).collect();
        let mut missing_count = 0;
        let mut unknown = Vec::new();
        for (row, features) in blocks.enumerate() {
            if values.is_missing(row) {
                if !self.imputes {
                    return Err(found.cell_error(
                        row,
                        "the cell has no value; fill it in, remove the row, or impute it (data.impute: median)",
                    ));
                }
                missing_count += 1;
                features.fill(MISSING);
                if let Some(indicator) = features.last_mut().filter(|_| column.indicator) {
                    *indicator = 1.0;
                }
                continue;
            }
            let name = match &values {
                ColumnValues::Numbers(numbers) => {
                    if let Some(number) = numbers[row] {
                        features[0] = shift_to_f32(found, row, number, column.offset)?;
                    }
                    continue;
                }
                ColumnValues::Names(names) => names[row].as_deref().unwrap_or_default(),
            };
            match (positions.get(name), &column.kind) {
                (Some(&category), ColumnKind::OneHot(_)) => features[category] = 1.0,
                (Some(&category), _) => features[0] = category as f32,
                (None, ColumnKind::OneHot(_)) => unknown.push(name),
                (None, _) => return Err(found.cell_error(row, &unknown_category(name, categories))),
            }
        }
        if missing_count > 0 {
            issues.add_missing(&column.name, missing_count, column.indicator);
        }
        issues.add_unknown(&column.name, unknown);
        Ok(())
    }
}

/// Determines what a column becomes from these rows.
fn fit_column(
    column: &Column,
    rows: &[u32],
    settings: &ColumnSettings,
    missing: &MissingValues,
) -> Result<FittedColumn, String> {
    let kind = infer_kind(column, rows, settings, missing)?;
    let values = ColumnValues::of(column, &kind, missing)?;
    let mut shift = 0.0;
    let mut is_constant = false;
    let mut warning = None;
    if let (ColumnKind::Number, ColumnValues::Numbers(numbers)) = (&kind, &values) {
        if let Some(example) = &column.ambiguous_number {
            return Err(ambiguous_number_error(&column.name, example));
        }
        row_names::refuse_row_identifier(column, numbers)?;
        warning = row_names::row_number_warning(column, numbers);
        shift = fit_offset(column, numbers, rows)?;
        let mut present = rows.iter().filter_map(|&row| numbers[row as usize]);
        let first = present.next();
        is_constant = present.all(|number| Some(number) == first);
    }
    let is_absent = |row: &&u32| values.is_missing(**row as usize);
    let missing_count = rows.iter().filter(is_absent).count();
    if missing_count == rows.len() {
        return Err(format!(
            "the column `{}` has no value in the training set; leave it out: {}",
            column.name,
            remedy::drop_setting(&column.name)
        ));
    }
    Ok(FittedColumn {
        column: EncodedColumn {
            name: column.name.clone(),
            kind,
            offset: shift,
            indicator: missing_count > 0,
        },
        missing_count,
        is_constant: is_constant && missing_count == 0,
        warning,
    })
}

/// Refuses a table with columns that cannot be used, with all errors at once.
fn refuse_unusable_columns(errors: &[(&str, String)]) -> Result<(), String> {
    const MAX_SHOWN: usize = 8;
    match errors {
        [] => Ok(()),
        [(_, only)] => Err(only.clone()),
        several => {
            let shown: Vec<String> = several
                .iter()
                .take(MAX_SHOWN)
                .map(|(_, error)| format!("\n- {error}"))
                .collect();
            let names: Vec<&str> = several.iter().map(|(name, _)| *name).collect();
            let more = match names.get(MAX_SHOWN..) {
                None | Some([]) => String::new(),
                Some(rest) => format!("\n- and {}", rest.join(", ")),
            };
            Err(format!(
                "{} columns cannot be used:{}{more}\nto leave all of them out: {}",
                several.len(),
                shown.concat(),
                remedy::drop_settings(&names)
            ))
        }
    }
}

/// The error for a number whose point may separate thousands or decimals.
fn ambiguous_number_error(name: &str, example: &str) -> String {
    let plain: String = example.chars().filter(|&c| c != '.').collect();
    format!(
        "column `{name}`: `{example}` is ambiguous, because its point may separate thousands or decimals; \
         write {plain} or {example}0"
    )
}

/// The error for a name that is not a category of an ordinal column.
fn unknown_category(name: &str, categories: &[String]) -> String {
    let hint = if is_missing_marker(name) {
        format!(
            "; if it stands for a missing value, set {}",
            remedy::na_values_setting(name)
        )
    } else {
        String::new()
    };
    format!(
        "`{}` is not one of its categories: {}{hint}",
        remedy::shortened(name),
        categories.join(", ")
    )
}

/// Warnings about a category that looks like a missing value, and about two categories that may be one.
fn suspicious_categories(encoding: &Encoding) -> Vec<TableWarning> {
    let mut warnings = Vec::new();
    for EncodedColumn { name, kind, .. } in &encoding.columns {
        let ColumnKind::OneHot(categories) = kind else {
            continue;
        };
        if let Some(marker) = categories
            .iter()
            .find(|category| is_missing_marker(category))
        {
            warnings.push(TableWarning::MissingCategory {
                column: name.clone(),
                category: marker.clone(),
            });
        }
        if let Some(pair) = differ_in_case(categories) {
            warnings.push(TableWarning::SimilarCategories {
                column: name.clone(),
                categories: pair.map(str::to_owned),
            });
        }
    }
    warnings
}

/// Refuses columns whose features have the same name.
fn refuse_equal_features(encoding: &Encoding) -> Result<(), String> {
    let mut seen = HashSet::new();
    for feature in encoding.features() {
        if let Some(duplicate) = seen.replace(feature) {
            return Err(format!(
                "two features are named `{duplicate}`: a column has this name, and so does a \
                 category of another column; rename one of them"
            ));
        }
    }
    Ok(())
}
