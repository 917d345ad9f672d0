//! Warnings about a data set that can be used.

use super::column_note::ColumnNote;
use super::table_warning::TableWarning;
use crate::values::text_list::listed;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Notes and warnings about data sets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataRemarks {
    /// How the columns of a table become features.
    pub notes: Vec<ColumnNote>,
    /// What may be wrong with the data.
    pub warnings: Vec<DataWarning>,
}

/// A possible fault of a data set. It is recorded in the folder of the sweep, so that a report can show
/// it without the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataWarning {
    /// Features each of which alone determines the class.
    #[serde(rename = "determined")]
    TargetLeakage {
        /// The features, in the order of the data.
        features: Vec<FeatureName>,
    },
    /// Classes that have no training sample in some splits.
    #[serde(rename = "untrained")]
    ClassesWithoutTrainingSamples {
        /// Their names.
        classes: Vec<String>,
        /// The number of these splits.
        splits: u32,
        /// The number of all splits.
        of: u32,
    },
    /// Test samples that are also training samples.
    #[serde(rename = "shared")]
    TrainTestOverlap {
        /// The number of these samples.
        samples: usize,
        /// The number of all test samples.
        of: usize,
    },
    /// A warning about the columns and labels of a table.
    Table(TableWarning),
}

/// The name of a feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureName {
    /// The name of a table's column.
    Column(String),
    /// Its position in a sample, from 1.
    Number(usize),
}

impl FeatureName {
    /// The name of a column, formatted by `code`, or the position.
    pub(crate) fn shown(&self, code: impl Fn(&str) -> String) -> String {
        match self {
            Self::Column(name) => code(name),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl DataWarning {
    /// The warning in English; `code` formats names.
    pub(crate) fn in_english(&self, code: impl Fn(&str) -> String) -> String {
        match self {
            Self::TargetLeakage { features } => {
                let is_table = matches!(features.first(), Some(FeatureName::Column(_)));
                let names = listed(
                    features.iter().map(|feature| feature.shown(&code)),
                    "and",
                    "more",
                );
                let is_one = features.len() == 1;
                let what = match (is_table, is_one) {
                    (true, true) => "the column",
                    (true, false) => "the columns",
                    (false, true) => "feature",
                    (false, false) => "the features",
                };
                format!(
                    "{what} {names} {} the class in all training and validation rows: if {} known only \
                     after the class (a leak), the scores are meaningless; remove {}, unless {} \
                     measured before it",
                    if is_one {
                        "alone determines"
                    } else {
                        "each alone determine"
                    },
                    if is_one { "it is" } else { "one is" },
                    if is_one { "it out" } else { "them out" },
                    if is_one { "it was" } else { "they were" },
                )
            }
            Self::ClassesWithoutTrainingSamples {
                classes,
                splits,
                of,
            } => {
                let names = listed(classes.iter().map(|class| code(class)), "and", "more");
                let is_one = classes.len() == 1;
                format!(
                    "the {} {names} {} no training sample in {splits} of {of} {}, because data.limit, \
                     validation and the test set leave too few; scores of these splits do not \
                     cover {}",
                    if is_one { "class" } else { "classes" },
                    if is_one { "has" } else { "have" },
                    if *of == 1 { "split" } else { "splits" },
                    if is_one { "it" } else { "them" },
                )
            }
            Self::TrainTestOverlap { samples, of } => format!(
                "{samples} of the {of} test samples {}, so the test score says little about new \
                 samples; remove them from one of the two sets",
                match samples {
                    1 => "is also a training sample",
                    _ => "are also training samples",
                }
            ),
            Self::Table(warning) => warning.in_english(code),
        }
    }
}

impl fmt::Display for DataWarning {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.in_english(|name| format!("`{name}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_named_by_their_columns_or_their_numbers() {
        let shown = |features| DataWarning::TargetLeakage { features }.to_string();
        let column = |name: &str| FeatureName::Column(name.to_owned());
        let one = shown(vec![column("x")]);
        assert!(
            one.starts_with(
                "the column `x` alone determines the class in all training and validation"
            ),
            "{one}"
        );
        let two = shown(vec![column("x"), column("y")]);
        assert!(
            two.starts_with("the columns `x`, `y` each alone determine the class"),
            "{two}"
        );
        let number = shown(vec![FeatureName::Number(3)]);
        assert!(number.starts_with("feature 3 alone determines"), "{number}");
        let many = shown((1..=20).map(FeatureName::Number).collect());
        assert!(
            many.starts_with(
                "the features 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 8 more each alone determine"
            ),
            "{many}"
        );
    }

    #[test]
    fn a_recorded_warning_keeps_its_key_and_is_read_back() {
        let warnings = vec![
            DataWarning::TargetLeakage {
                features: vec![FeatureName::Column("x".to_owned()), FeatureName::Number(2)],
            },
            DataWarning::ClassesWithoutTrainingSamples {
                classes: vec!["a".to_owned()],
                splits: 1,
                of: 3,
            },
            DataWarning::TrainTestOverlap { samples: 3, of: 9 },
            DataWarning::Table(TableWarning::RowNumbers {
                column: "t".to_owned(),
            }),
            DataWarning::Table(TableWarning::MissingWithoutIndicator {
                columns: vec![("t".to_owned(), 1)],
            }),
        ];
        let text = serde_json::to_string(&warnings).unwrap();
        for key in [
            "determined",
            "untrained",
            "shared",
            "row_numbers",
            "unmarked",
        ] {
            assert!(text.contains(&format!("{{\"{key}\":")), "{key}: {text}");
        }
        let read: Vec<DataWarning> = serde_json::from_str(&text).unwrap();
        assert_eq!(read, warnings);
    }
}
