//! Conditions on the configuration and the levels of a trial.

use crate::spec::config::key::Key;
use crate::spec::yaml::span::Span;
use serde_json::Value;

/// A filter for trials: all conditions must hold.
#[derive(Clone, Debug)]
pub struct TrialFilter {
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// The position in the sweep file.
    pub span: Span,
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
