//! What is known of a data set without its files: a sweep's folder keeps it, so that results can be
//! read where the data is gone.

use super::column_note::ColumnNote;
use super::data_warning::DataWarning;
use super::encoding::Encoding;
use super::source::{DataSource, DatasetInfo};
use crate::spec::values::non_empty_string::NonEmptyString;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What was known of a data set when a sweep was trained on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedDataset {
    /// The data set, as in a sweep file.
    pub set: String,
    /// The user's own file or folder, as the sweep file has it.
    pub path: Option<String>,
    /// The column of a table that holds the classes.
    pub label: Option<String>,
    /// What is made of a table's other columns, as the sweep file has it; `null` if it has no such settings.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub column_settings: Value,
    /// The fraction held out as the test part.
    pub test_fraction: f64,
    /// The hash of its contents.
    pub fingerprint: String,
    /// What a plan needs to know of it.
    #[serde(rename = "facts")]
    pub dataset_info: DatasetInfo,
    /// What is known once its files have been read.
    pub contents: Option<RecordedContents>,
}

/// What is known of a data set once its files have been read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedContents {
    /// The name of each class.
    pub classes: Vec<String>,
    /// The names of the features, where they are columns of a table.
    pub columns: Vec<String>,
    /// How the columns of a table have become features.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// Whether its numbers are bytes.
    pub bytes: bool,
    /// The published mean and standard deviation of each channel, where there are such.
    pub published: Option<(Vec<f32>, Vec<f32>)>,
    /// Warnings about it, as the sweep used it.
    #[serde(default)]
    pub warnings: Vec<DataWarning>,
    /// What a table's columns became.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<ColumnNote>,
}

impl RecordedDataset {
    /// What is known of the data set that is read from this source.
    pub fn new(
        source: &DataSource,
        fingerprint: String,
        dataset_info: DatasetInfo,
        contents: Option<RecordedContents>,
    ) -> Self {
        let text = |text: &Option<NonEmptyString>| text.as_ref().map(ToString::to_string);
        Self {
            set: source.set.to_string(),
            path: text(&source.path),
            label: text(&source.label),
            column_settings: settings_of(source),
            test_fraction: source.test_fraction.get(),
            fingerprint,
            dataset_info,
            contents,
        }
    }

    /// Whether it is what is known of the data set that is read from this source.
    pub fn matches_source(&self, source: &DataSource) -> bool {
        /// A fraction may lose its last bit in a file.
        const SAME: f64 = 1e-12;
        let text = |text: &Option<NonEmptyString>| text.as_ref().map(ToString::to_string);
        self.set == source.set.name()
            && self.path == text(&source.path)
            && self.label == text(&source.label)
            && self.column_settings == settings_of(source)
            && (self.test_fraction - source.test_fraction.get()).abs() < SAME
    }
}

/// The settings of a sweep file for a table's columns; `null` if there are none.
fn settings_of(source: &DataSource) -> Value {
    let settings = source.columns.to_value();
    if settings.as_object().is_some_and(serde_json::Map::is_empty) {
        Value::Null
    } else {
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{ColumnNames, Data, DatasetKind, Fraction};

    #[test]
    fn it_is_of_the_source_that_it_was_made_from_and_of_no_other() {
        let data = Data {
            set: DatasetKind::Table,
            path: NonEmptyString::new("p.csv"),
            label: NonEmptyString::new("class"),
            ..Data::default()
        };
        let known = RecordedDataset::new(&data.source(), "f".into(), DatasetInfo::default(), None);
        let text = serde_json::to_string(&known).unwrap();
        let known: RecordedDataset = serde_json::from_str(&text).unwrap();
        assert!(known.matches_source(&data.source()));
        let others = [
            Data {
                set: DatasetKind::Npy,
                ..data.clone()
            },
            Data {
                path: NonEmptyString::new("q.csv"),
                ..data.clone()
            },
            Data {
                label: NonEmptyString::new("other"),
                ..data.clone()
            },
            Data {
                drop: ColumnNames::new(["a"]),
                ..data.clone()
            },
            Data {
                test_fraction: Fraction::new(0.25).unwrap(),
                ..data.clone()
            },
        ];
        for other in others {
            assert!(!known.matches_source(&other.source()), "{other:?}");
        }
    }
}
