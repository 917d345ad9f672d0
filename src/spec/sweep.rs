//! A checked sweep: what a sweep file asks for.

use super::config::key::Key;
use super::config::trial_config::Config;
use super::grid::condition::TrialFilter;
use super::grid::factor::{Factor, KeyAssignment};
use super::sections::checkpoint::CheckpointInterval;
use super::sections::keep::KeepWeights;
use super::sections::launch::LaunchOptions;
use super::sections::record::RecordOptions;
use super::sections::report::ReportOptions;
use super::sections::tensorboard::TensorBoardOptions;
use super::yaml::diagnostic::{Diagnostic, SpecError};
use super::yaml::span::Span;

/// A sweep that is valid in each of its parts.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The name of its folder under `runs/` and of its tables under `reports/`.
    pub name: String,
    /// What it is for, in the author's words.
    pub description: String,
    /// The configuration that each trial starts from.
    pub base: Vec<KeyAssignment>,
    /// What varies; the first varies slowest.
    pub factors: Vec<Factor>,
    /// Combinations that are left out.
    pub exclude: Vec<TrialFilter>,
    /// Trials beside the grid.
    pub include: Vec<Include>,
    /// How the tables are made.
    pub report: ReportOptions,
    /// What is recorded for TensorBoard beside the metrics.
    pub tensorboard: TensorBoardOptions,
    /// When a run's records are written.
    pub record: RecordOptions,
    /// Whose trained weights stay on disk.
    pub keep: KeepWeights,
    /// How often the state of a run in training is saved.
    pub checkpoint: CheckpointInterval,
    /// What is asked of a cluster.
    pub launch: LaunchOptions,
    /// The file it came from.
    pub source: Source,
}

/// A trial beside the grid.
#[derive(Clone, Debug)]
pub struct Include {
    /// What it sets on top of the base configuration.
    pub settings: Vec<KeyAssignment>,
    /// Where it stands.
    pub span: Span,
}

impl Include {
    /// Whether it sets this key.
    pub fn sets(&self, key: &Key) -> bool {
        self.settings.iter().any(|set| set.key == key)
    }
}

/// The text of a sweep, for messages.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file's name as the user gave it.
    pub name: String,
    /// The file's text.
    pub text: String,
}

impl Source {
    /// A problem as an error of this file.
    pub fn error(&self, diagnostic: Diagnostic) -> SpecError {
        SpecError::Invalid {
            name: self.name.clone(),
            text: self.text.clone(),
            diagnostic: Box::new(diagnostic),
        }
    }
}

impl Sweep {
    /// The configuration that each trial starts from.
    pub fn base_config(&self) -> Config {
        let mut config = Config::default();
        for set in &self.base {
            set.assignment.apply(&mut config);
        }
        config
    }
}
