//! Conditions on the configuration and the levels of a trial.

use crate::spec::config::key::Key;
use crate::values::config_value::ConfigValue;
use crate::yaml::diagnostic::Diagnostic;
use crate::yaml::node::YamlNode;
use crate::yaml::span::Span;
use serde_json::{Value, json};

/// A filter for trials: all conditions must hold.
#[derive(Clone, Debug)]
pub struct TrialFilter {
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// The position in the sweep file.
    pub span: Span,
}

/// A filter as written, before its factors are resolved.
#[derive(Clone, Debug)]
pub struct UnresolvedFilter(YamlNode);

impl UnresolvedFilter {
    /// The YAML of the filter.
    pub(crate) fn node(&self) -> &YamlNode {
        &self.0
    }
}

impl ConfigValue for UnresolvedFilter {
    fn expected() -> String {
        "factors or keys, each with a value or a list of values".to_owned()
    }
    fn read(node: &YamlNode) -> Result<Self, Diagnostic> {
        Ok(Self(node.clone()))
    }
    /// `null`: a filter has no default to show.
    fn to_value(&self) -> Value {
        Value::Null
    }
    fn schema() -> Value {
        json!({ "type": "object", "minProperties": 1 })
    }
}

/// A condition: a factor or a key has one of the listed values.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The factor or key.
    pub subject: Subject,
    /// The values that match.
    pub values: Vec<Value>,
}

/// The subject of a condition.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A factor with named levels: its index in the grid.
    Factor(usize),
    /// A configuration key.
    Key(&'static Key),
}
