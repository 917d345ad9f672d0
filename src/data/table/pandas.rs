//! What pandas notes in a Parquet file in addition to the columns' own types.

use parquet::file::metadata::KeyValue;
use serde_json::Value;

/// What pandas notes of the columns.
pub(super) struct Notes(Value);

/// The notes among a file's metadata; empty where another program has written it.
pub(super) fn notes(metadata: Option<&Vec<KeyValue>>) -> Notes {
    let notes = metadata
        .into_iter()
        .flatten()
        .find(|note| note.key == "pandas");
    let text = notes.and_then(|note| note.value.as_deref());
    Notes(
        text.and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default(),
    )
}

impl Notes {
    /// Whether a column is an index, also one that has a name. Ranges have no column.
    pub(super) fn is_index(&self, column: &str) -> bool {
        let indices = self.0["index_columns"].as_array().into_iter().flatten();
        // A range is described by an object.
        indices
            .filter_map(Value::as_str)
            .any(|index| index == column)
    }

    /// Whether a column is of the type `category`.
    pub(super) fn is_category(&self, column: &str) -> bool {
        self.about(column)
            .is_some_and(|about| about["pandas_type"] == "categorical")
    }

    /// The type of a column of dates, times or durations, which may be stored as whole numbers.
    pub(super) fn time(&self, column: &str) -> Option<String> {
        let kind = self.about(column)?["numpy_type"].as_str()?;
        let is_time = kind.starts_with("datetime64") || kind.starts_with("timedelta64");
        is_time.then(|| match kind.starts_with("timedelta64") {
            true => "duration".to_owned(),
            false => "timestamp".to_owned(),
        })
    }

    fn about(&self, column: &str) -> Option<&Value> {
        let columns = self.0["columns"].as_array()?;
        columns
            .iter()
            .find(|about| about["field_name"] == column || about["name"] == column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_categories_and_times_are_known() {
        let text = r#"{
            "index_columns": ["station", { "kind": "range" }],
            "columns": [
                { "name": "size", "field_name": "size", "pandas_type": "categorical", "numpy_type": "int8" },
                { "name": "t", "field_name": "t", "pandas_type": "datetime", "numpy_type": "datetime64[ns]" },
                { "name": "d", "field_name": "d", "pandas_type": "timedelta", "numpy_type": "timedelta64[ns]" },
                { "name": "x", "field_name": "x", "pandas_type": "int64", "numpy_type": "int64" }
            ]
        }"#;
        let metadata = vec![KeyValue::new("pandas".to_owned(), text.to_owned())];
        let notes = notes(Some(&metadata));
        assert!(notes.is_index("station") && !notes.is_index("x"));
        assert!(notes.is_category("size") && !notes.is_category("x"));
        assert_eq!(notes.time("t").as_deref(), Some("timestamp"));
        assert_eq!(notes.time("d").as_deref(), Some("duration"));
        assert_eq!(notes.time("x"), None);
        assert!(!super::notes(None).is_index("x"));
    }
}
