//! Conditions on the configuration and the levels of a trial.

use crate::spec::config::key::Key;
use crate::spec::yaml::span::Span;
use serde_json::Value;

/// Conditions that must all hold.
#[derive(Clone, Debug)]
pub struct TrialFilter {
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// Where the rule stands.
    pub span: Span,
}

/// One condition: a factor or a key has one of these values.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What is looked at.
    pub subject: Subject,
    /// The values, one of which it must have.
    pub values: Vec<Value>,
}

/// What a condition looks at.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A factor of labelled levels: its index in the grid.
    Factor(usize),
    /// A configuration key.
    Key(&'static Key),
}
