//! Factors of the grid and their levels.

use super::condition::TrialFilter;
use crate::spec::config::key::{Assignment, Key};
use crate::spec::config::trial_config::Config;
use crate::spec::yaml::diagnostic::Diagnostic;
use crate::spec::yaml::node::YamlEntry;
use crate::spec::yaml::span::Span;

/// What varies: a configuration key, several in step, or labelled levels.
#[derive(Clone, Debug)]
pub struct Factor {
    /// The name in the grid.
    pub name: String,
    /// What kind of factor it is.
    pub kind: FactorKind,
    /// Its levels, at least one.
    pub levels: Vec<Level>,
    /// Where it applies; elsewhere it is absent.
    pub when: Option<TrialFilter>,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of factor.
#[derive(Clone, Debug)]
pub enum FactorKind {
    /// The values of one key.
    Key(&'static Key),
    /// Several keys whose values go in step.
    Zip(Vec<&'static Key>),
    /// Named levels, each of which sets any keys.
    Labelled,
}

/// A level of a factor.
#[derive(Clone, Debug)]
pub struct Level {
    /// Its name in tables.
    pub label: String,
    /// What it sets.
    pub settings: Vec<KeyAssignment>,
    /// Where it stands.
    pub span: Span,
}

/// A key, the value it is given, and where the file says so.
#[derive(Clone, Debug)]
pub struct KeyAssignment {
    /// The key.
    pub key: &'static Key,
    /// The value.
    pub assignment: Assignment,
    /// Where it stands.
    pub span: Span,
}

impl KeyAssignment {
    /// Reads a mapping of configuration keys to values.
    ///
    /// # Errors
    /// Unknown keys, and values that a key does not accept.
    pub(crate) fn read_all(entries: &[YamlEntry]) -> Result<Vec<Self>, Diagnostic> {
        entries
            .iter()
            .map(|entry| {
                let Some(key) = Key::find(&entry.key) else {
                    return Err(entry.unknown_key(Key::paths()));
                };
                Ok(Self {
                    key,
                    assignment: key.read(&entry.node)?,
                    span: entry.node.span.clone(),
                })
            })
            .collect()
    }
}

impl Level {
    /// Puts what this level sets into `config`.
    pub fn apply(&self, config: &mut Config) {
        for set in &self.settings {
            set.assignment.apply(config);
        }
    }
}

impl Factor {
    /// The key, where this factor varies exactly one.
    pub fn key(&self) -> Option<&'static Key> {
        match self.kind {
            FactorKind::Key(key) => Some(key),
            _ => None,
        }
    }

    /// Every key that a level of this factor sets.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> + '_ {
        self.levels
            .iter()
            .flat_map(|level| level.settings.iter().map(|set| set.key))
    }
}
