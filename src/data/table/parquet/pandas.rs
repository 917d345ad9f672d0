//! The metadata that pandas adds to a Parquet file.

use parquet::file::metadata::KeyValue;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// What pandas records about the columns.
#[derive(Default)]
pub(crate) struct PandasMetadata {
    indices: HashSet<String>,
    /// The types of each column: `pandas_type` and `numpy_type`.
    types: HashMap<String, [String; 2]>,
}

/// The pandas entry in a file's metadata; empty if pandas did not write the file.
pub(crate) fn pandas_metadata(metadata: Option<&Vec<KeyValue>>) -> PandasMetadata {
    let mut entries = metadata.into_iter().flatten();
    let entry = entries.find(|entry| entry.key == "pandas");
    let json = entry.and_then(|entry| entry.value.as_deref());
    let pandas: Value = json
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let list = |name: &str| pandas[name].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let column = |about: &Value| {
        let name = about["field_name"].as_str().or(about["name"].as_str())?;
        let types = ["pandas_type", "numpy_type"].map(|name| text(&about[name]));
        Some((name.to_owned(), types))
    };
    PandasMetadata {
        // A range is an object instead of a column name.
        indices: list("index_columns")
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        types: list("columns").filter_map(column).collect(),
    }
}

impl PandasMetadata {
    /// Whether a column is an index, even a named one.
    pub(crate) fn is_index(&self, column: &str) -> bool {
        self.indices.contains(column)
    }

    /// Whether a column has the type `category`.
    pub(crate) fn is_category(&self, column: &str) -> bool {
        let types = self.types.get(column);
        types.is_some_and(|[pandas_type, _]| pandas_type == "categorical")
    }

    /// The type of a column of dates, times or durations, which may be stored as whole numbers.
    pub(crate) fn time_type(&self, column: &str) -> Option<String> {
        let [_, kind] = self.types.get(column)?;
        let times = [
            ("datetime64", "timestamp"),
            ("timedelta64", "duration"),
            ("period", "period of time"),
        ];
        let known = times.iter().find(|(start, _)| kind.starts_with(start));
        known.map(|(_, name)| (*name).to_owned())
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
        let notes = pandas_metadata(Some(&metadata));
        assert!(notes.is_index("station") && !notes.is_index("x"));
        assert!(notes.is_category("size") && !notes.is_category("x"));
        assert_eq!(notes.time_type("t").as_deref(), Some("timestamp"));
        assert_eq!(notes.time_type("d").as_deref(), Some("duration"));
        assert_eq!(notes.time_type("x"), None);
        assert!(!pandas_metadata(None).is_index("x"));
    }
}
