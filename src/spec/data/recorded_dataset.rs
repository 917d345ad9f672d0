//! What the folder of a sweep records about its data set, so that results can be read without the
//! data.

use super::column_note::ColumnNote;
use super::data_warning::DataWarning;
use super::encoding::Encoding;
use super::source::{DataSource, DatasetInfo};
use crate::values::non_empty_string::NonEmptyString;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A data set at the time when a sweep was trained on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedDataset {
    /// `data.set` of the sweep file.
    pub set: String,
    /// `data.path` of the sweep file.
    pub path: Option<String>,
    /// The column of a table that holds the classes.
    pub label: Option<String>,
    /// The settings of the sweep file for other columns; `null` if it has none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub column_settings: Value,
    /// `data.test_fraction`.
    pub test_fraction: f64,
    /// The hash of the contents.
    pub fingerprint: String,
    /// Its sizes.
    #[serde(rename = "facts")]
    pub dataset_info: DatasetInfo,
    /// Its contents, if the files have been read.
    pub contents: Option<RecordedContents>,
}

/// The contents of a data set, apart from its samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedContents {
    /// The name of each class.
    pub classes: Vec<String>,
    /// The names of the features, if they are columns of a table.
    pub columns: Vec<String>,
    /// How the columns of a table become features.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// Whether the features are bytes.
    pub bytes: bool,
    /// The published mean and standard deviation of each channel, if any.
    pub published: Option<(Vec<f32>, Vec<f32>)>,
    /// Warnings about the data, as the sweep used it.
    #[serde(default)]
    pub warnings: Vec<DataWarning>,
    /// Notes on the columns of a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<ColumnNote>,
}

impl RecordedDataset {
    /// The record of the data set that is read from `source`.
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

    /// Whether this is the record of the data set that is read from `source`.
    pub fn matches_source(&self, source: &DataSource) -> bool {
        /// A fraction may lose its last bit in a file.
        const TOLERANCE: f64 = 1e-12;
        let text = |text: &Option<NonEmptyString>| text.as_ref().map(ToString::to_string);
        self.set == source.set.name()
            && self.path == text(&source.path)
            && self.label == text(&source.label)
            && self.column_settings == settings_of(source)
            && (self.test_fraction - source.test_fraction.get()).abs() < TOLERANCE
    }
}

/// The settings for the columns of a table; `null` if there are none.
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
    fn a_record_matches_only_the_source_that_it_was_made_from() {
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
