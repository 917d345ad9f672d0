//! Factors of the grid and their levels.

use super::condition::TrialFilter;
use crate::spec::config::key::{Assignment, Key};
use crate::spec::config::trial_config::Config;
use crate::yaml::diagnostic::{Diagnostic, Diagnostics};
use crate::yaml::node::YamlEntry;
use crate::yaml::span::Span;

/// A factor of the grid: one configuration key, several zipped keys, or named levels.
#[derive(Clone, Debug)]
pub struct Factor {
    /// The name in the grid.
    pub name: String,
    /// The kind of factor.
    pub kind: FactorKind,
    /// The levels; at least one.
    pub levels: Vec<Level>,
    /// The condition under which the factor applies; otherwise it is absent.
    pub when: Option<TrialFilter>,
    /// The position in the sweep file.
    pub span: Span,
}

/// The kinds of factor.
#[derive(Clone, Debug)]
pub enum FactorKind {
    /// The values of one key.
    Key(&'static Key),
    /// The values of several keys that vary together.
    Zip(Vec<&'static Key>),
    /// Named levels, each of which sets any keys.
    Labelled,
}

/// A level of a factor.
#[derive(Clone, Debug)]
pub struct Level {
    /// The name in tables.
    pub label: String,
    /// The keys that it sets.
    pub settings: Vec<KeyAssignment>,
    /// The position in the sweep file.
    pub span: Span,
}

/// A key with its value and position in a sweep file.
#[derive(Clone, Debug)]
pub struct KeyAssignment {
    /// The key.
    pub key: &'static Key,
    /// The value.
    pub assignment: Assignment,
    /// The position in the sweep file.
    pub span: Span,
}

impl KeyAssignment {
    /// Reads one configuration key and its value.
    ///
    /// # Errors
    /// A key is unknown or does not accept the value.
    pub(crate) fn read(entry: &YamlEntry) -> Result<Self, Diagnostic> {
        let Some(key) = Key::find(&entry.key) else {
            return Err(entry.unknown_key(Key::paths()));
        };
        Ok(Self {
            key,
            assignment: key.read(&entry.node)?,
            span: entry.node.span.clone(),
        })
    }

    /// Reads the entries of a mapping of configuration keys to values; records the errors and skips those entries.
    pub(crate) fn read_all(entries: &[YamlEntry], diagnostics: &mut Diagnostics) -> Vec<Self> {
        entries
            .iter()
            .filter_map(|entry| diagnostics.record(Self::read(entry)))
            .collect()
    }
}

impl Level {
    /// Sets the keys of this level in `config`.
    pub fn apply(&self, config: &mut Config) {
        for set in &self.settings {
            set.assignment.apply(config);
        }
    }
}

impl Factor {
    /// The key, if the factor varies exactly one.
    pub fn key(&self) -> Option<&'static Key> {
        match self.kind {
            FactorKind::Key(key) => Some(key),
            _ => None,
        }
    }

    /// All keys that a level of this factor sets, with repetitions.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> + '_ {
        self.levels
            .iter()
            .flat_map(|level| level.settings.iter().map(|set| set.key))
    }
}
