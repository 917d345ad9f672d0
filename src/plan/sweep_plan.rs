//! The plan of a sweep: its trials and runs.

use super::error::PlanError;
use super::expand::{DatasetInfoFn, expand};
use super::parameter_column::{ParameterColumn, parameter_columns};
use super::run_id::RunId;
use super::trial::Trial;
use super::trial_namer::TrialNamer;
use super::value_kind::ValueKind;
use super::work::WorkEstimate;
use crate::random::Seed;
use crate::spec::{Data, DatasetInfo, Split, Sweep};
use std::sync::OnceLock;

/// All trials of a sweep.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The sweep's name.
    pub name: String,
    /// The trials, in the order of the grid; those of `include` come last.
    pub trials: Vec<Trial>,
    /// The columns that distinguish trials.
    pub columns: Vec<ParameterColumn>,
    /// The number of grid points that were excluded.
    pub excluded: usize,
    /// Messages for the author of the sweep file that prevent nothing.
    pub warnings: Vec<String>,
    /// The kind of each column's values, computed on first use from all trials.
    kinds: OnceLock<Vec<ValueKind>>,
}

impl Plan {
    /// Expands a sweep of known data sets.
    ///
    /// # Errors
    /// Parts that are valid but contradict each other, too many trials, and custom data sets, whose
    /// files must be read: see [`Plan::with_dataset_info`].
    pub fn new(sweep: &Sweep) -> Result<Self, PlanError> {
        Self::with_dataset_info(sweep, &known_dataset_info)
    }

    /// Expands a sweep; `dataset_info` describes a data set.
    ///
    /// # Errors
    /// Parts that are valid but contradict each other, too many trials, and data that `dataset_info`
    /// rejects.
    pub fn with_dataset_info(
        sweep: &Sweep,
        dataset_info: &DatasetInfoFn,
    ) -> Result<Self, PlanError> {
        let mut trials = Vec::new();
        let mut names = TrialNamer::new(sweep);
        let expansion = expand(sweep, dataset_info, &mut |point| {
            trials.push(Trial {
                name: names.name(&point),
                levels: point.levels,
                included: point.included,
                config: point.config,
            });
        })?;
        let exclusions = sweep.exclude.iter().zip(&expansion.exclude_matches);
        let warnings = exclusions
            .filter(|(_, matches)| **matches == 0)
            .map(|(rule, _)| {
                format!(
                    "{}:{}: this `exclude` matches no combination of the grid",
                    sweep.source.name, rule.span.line
                )
            })
            .collect();
        Ok(Self {
            name: sweep.name.clone(),
            trials,
            columns: parameter_columns(sweep),
            excluded: expansion.excluded,
            warnings,
            kinds: OnceLock::new(),
        })
    }

    /// The kind of each column's values, over all trials that have the column's factor.
    pub fn value_kinds(&self, sweep: &Sweep) -> &[ValueKind] {
        self.kinds.get_or_init(|| {
            let values = |column| {
                let trials = self.trials.iter();
                trials.filter_map(move |trial| trial.value(sweep, column))
            };
            let columns = self.columns.iter();
            columns
                .map(|column| ValueKind::of(values(column)))
                .collect()
        })
    }

    /// Whether any trial has a validation set.
    pub fn is_validated(&self) -> bool {
        let split = |trial: &Trial| trial.config.validation.split();
        self.trials
            .iter()
            .any(|trial| split(trial) != Split::Holdout(0.0))
    }

    /// Every run, trial by trial, repeat by repeat, fold by fold.
    pub fn runs(&self) -> impl Iterator<Item = RunId> + '_ {
        (0..self.trials.len()).flat_map(|trial| self.runs_of(trial))
    }

    /// Every run of the trial at this position.
    pub fn runs_of(&self, trial: usize) -> impl Iterator<Item = RunId> + use<> {
        let validation = &self.trials[trial].config.validation;
        let (repeats, folds) = (validation.repeats.get() as u32, validation.splits() as u32);
        (0..repeats).flat_map(move |repeat| {
            (0..folds).map(move |fold| RunId {
                trial,
                repeat,
                fold,
            })
        })
    }

    /// The trial that the sweep file names as the baseline: the first that it matches.
    pub fn baseline(&self, sweep: &Sweep) -> Option<usize> {
        let rule = sweep.baseline.as_ref()?;
        let matches = |trial: &Trial| rule.matches(&trial.config, &trial.levels, &sweep.factors);
        self.trials.iter().position(matches)
    }

    /// The work of all trials.
    pub fn work(&self) -> WorkEstimate {
        let mut work = WorkEstimate::default();
        for trial in &self.trials {
            work += WorkEstimate::of_trial(&trial.config);
        }
        work
    }

    /// The folder of a run below the sweep's folder: `<trial>/fold-<k>`, and for repeats after the
    /// first `<trial>/repeat-<r>-fold-<k>`, so that more repeats do not move existing folders.
    pub fn folder(&self, run: RunId) -> std::path::PathBuf {
        let last = match run.repeat {
            0 => format!("fold-{}", run.fold),
            repeat => format!("repeat-{repeat}-fold-{}", run.fold),
        };
        std::path::Path::new(&self.trials[run.trial].name).join(last)
    }

    /// The key of a run's random numbers.
    pub fn seed(&self, run: RunId) -> Seed {
        Seed {
            sweep: self.trials[run.trial].config.validation.seed,
            repeat: run.repeat,
            fold: run.fold,
        }
    }
}

/// The description of a known data set.
fn known_dataset_info(data: &Data) -> Result<DatasetInfo, String> {
    let unknown = || format!("the files of data.set: {} must be read", data.set);
    data.set.info().ok_or_else(unknown)
}
