//! The contents of a sweep file.

use super::config::key::Key;
use super::config::trial_config::Config;
use super::grid::condition::TrialFilter;
use super::grid::factor::{Factor, KeyAssignment};
use super::sections::options::SweepOptions;
use crate::yaml::diagnostic::{Diagnostic, SpecError};
use crate::yaml::span::Span;

/// A sweep whose values are valid one by one. Whether they are valid together depends on the data and is
/// checked for each trial ([`Config::validate`]).
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The name of the folder under `runs/` and of the tables under `reports/`.
    pub name: String,
    /// The purpose of the sweep, for readers.
    pub description: String,
    /// The keys of the base configuration that the file sets.
    pub base: Vec<KeyAssignment>,
    /// The factors of the grid; the first varies slowest.
    pub factors: Vec<Factor>,
    /// Combinations to exclude from the grid.
    pub exclude: Vec<TrialFilter>,
    /// Additional trials.
    pub include: Vec<Include>,
    /// The trial that all others are compared with: the first one that matches.
    pub baseline: Option<TrialFilter>,
    /// The sections and keys that change no result.
    pub options: SweepOptions,
    /// The text of the sweep file.
    pub source: Source,
}

/// An additional trial, which is not part of the grid.
#[derive(Clone, Debug)]
pub struct Include {
    /// The keys that it sets, in addition to the base configuration.
    pub settings: Vec<KeyAssignment>,
    /// The position in the sweep file.
    pub span: Span,
}

impl Include {
    /// Whether the trial sets `key` itself.
    pub fn assigns(&self, key: &Key) -> bool {
        self.settings.iter().any(|assignment| assignment.key == key)
    }
}

/// The text of a sweep file, for messages.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path of the file, as the user wrote it.
    pub name: String,
    /// The text of the file.
    pub text: String,
}

impl Source {
    /// Diagnostics, at least one, as an error of this file.
    pub fn error(&self, diagnostics: Vec<Diagnostic>) -> SpecError {
        SpecError::Invalid {
            name: self.name.clone(),
            text: self.text.clone(),
            diagnostics,
        }
    }
}

impl Sweep {
    /// The configuration that all trials start from.
    pub fn base_config(&self) -> Config {
        let mut config = Config::default();
        for set in &self.base {
            set.assignment.apply(&mut config);
        }
        config
    }
}
