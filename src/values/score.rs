//! Scores, by their names.

use super::config_value::{ConfigValue, ListItem, read_name_in};
use crate::metrics::Score;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::YamlNode;
use serde_json::{Value, json};

fn names() -> Vec<&'static str> {
    Score::all().map(|score| score.id).collect()
}

impl ConfigValue for Score {
    fn expected() -> String {
        format!("one of {}", names().join(", "))
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        let index = read_name_in(node, &names())?;
        // The names are in the order of the scores.
        Ok(Self::all().nth(index).unwrap_or(Self::ACCURACY))
    }
    fn to_value(&self) -> Value {
        self.id.into()
    }
    fn schema() -> Value {
        json!({ "enum": names() })
    }
}

impl ListItem for Score {
    fn expected_items() -> String {
        names().join(", ")
    }
}
