//! What a sweep amounts to: trials, runs, cohorts. Pure: no device, no clock, no files.

mod cohort;
mod error;
mod expand;
mod identity;
mod memory;
mod name;
mod shard;
mod summary;
mod value_kind;
mod work;

pub use cohort::split_evenly;
pub use error::{MOST_RUNS, MOST_TRIALS, PlanError};
pub use expand::{DatasetInfoFn, Expansion, GridPoint};
pub use identity::{KEYS_OUTSIDE_HASH, RESULTS_VERSION, RunHash, TrialHash};
pub use memory::bytes_of_run;
pub use shard::Shard;
pub use summary::{duration, grouped, plural, summary};
pub use value_kind::ValueKind;
pub use work::WorkEstimate;

use crate::random::Seed;
use crate::spec::short_text;
use crate::spec::{Config, Data, DatasetInfo, FactorKind, Key, Split, Sweep};
use name::TrialNamer;
use std::collections::HashSet;
use std::sync::OnceLock;

/// All trials of a sweep.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The sweep's name.
    pub name: String,
    /// The trials, in the order of the grid; those beside it come last.
    pub trials: Vec<Trial>,
    /// The columns that tell trials apart.
    pub columns: Vec<ParameterColumn>,
    /// Points of the grid that were excluded.
    pub excluded: usize,
    /// What the author should know, though it hinders nothing.
    pub warnings: Vec<String>,
    /// The kind of each column's values, once it was asked for: it takes a look at every trial.
    kinds: OnceLock<Vec<ValueKind>>,
}

/// One configuration of the sweep.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The name of its folder, unique in the sweep.
    pub name: String,
    /// The level of each factor; nothing where it is absent.
    pub levels: Vec<Option<usize>>,
    /// The entry of `include` that it comes from, if any.
    pub included: Option<usize>,
    /// The whole configuration.
    pub config: Config,
}

/// A column of the tables that tells trials apart.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterColumn {
    /// The factor's name or the key's path.
    pub name: String,
    /// The short name, for tables that people read.
    pub short: String,
    source: ParameterSource,
}

#[derive(Clone, Debug, PartialEq)]
enum ParameterSource {
    Key(&'static Key),
    Labels(usize),
}

/// One training of one trial: what has a folder, and a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId {
    /// The trial's position in the plan.
    pub trial: usize,
    /// The repeat, from 0.
    pub repeat: u32,
    /// The fold, from 0.
    pub fold: u32,
}

impl Plan {
    /// Expands a sweep of data sets that are known by name.
    ///
    /// # Errors
    /// Parts that are valid but do not go together, too many trials, and data of the user's own,
    /// which must be looked at: see [`Plan::with_facts`].
    pub fn new(sweep: &Sweep) -> Result<Self, PlanError> {
        Self::with_facts(sweep, &known_facts)
    }

    /// Expands a sweep; `facts` tells what is known of a data set.
    ///
    /// # Errors
    /// Parts that are valid but do not go together, too many trials, and data that `facts` refuses.
    pub fn with_facts(sweep: &Sweep, facts: &DatasetInfoFn) -> Result<Self, PlanError> {
        let mut trials = Vec::new();
        let mut names = TrialNamer::new(sweep);
        let expansion = expand::expand(sweep, facts, &mut |point| {
            trials.push(Trial {
                name: names.name(&point),
                levels: point.levels,
                included: point.included,
                config: point.config,
            });
        })?;
        let unmatched = sweep.exclude.iter().zip(&expansion.matched);
        let warnings = unmatched
            .filter(|(_, matched)| **matched == 0)
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
            columns: columns(sweep),
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

    /// Whether any trial holds samples out for validation.
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
        let rule = sweep.report.baseline.as_ref()?;
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
    /// first `<trial>/repeat-<r>-fold-<k>`, so that more repeats leave the folders that are there.
    pub fn folder(&self, run: RunId) -> std::path::PathBuf {
        let last = match run.repeat {
            0 => format!("fold-{}", run.fold),
            repeat => format!("repeat-{repeat}-fold-{}", run.fold),
        };
        std::path::Path::new(&self.trials[run.trial].name).join(last)
    }

    /// What the random numbers of a run are keyed by.
    pub fn seed(&self, run: RunId) -> Seed {
        Seed {
            sweep: self.trials[run.trial].config.validation.seed,
            repeat: run.repeat,
            fold: run.fold,
        }
    }
}

/// The facts of a data set that is known by name.
fn known_facts(data: &Data) -> Result<DatasetInfo, String> {
    let unknown = || format!("the files of data.set: {} must be looked at", data.set);
    data.set.info().ok_or_else(unknown)
}

impl Trial {
    /// The trial's value in a column, which may be `null`; nothing where the factor is absent, and
    /// where a key that no factor varies is left at `null`.
    pub fn value(&self, sweep: &Sweep, column: &ParameterColumn) -> Option<serde_json::Value> {
        match column.source {
            ParameterSource::Labels(factor) => {
                let level = self.levels[factor]?;
                Some(sweep.factors[factor].levels[level].label.clone().into())
            }
            ParameterSource::Key(key) => {
                let owners = sweep
                    .factors
                    .iter()
                    .zip(&self.levels)
                    .filter(|(factor, _)| factor.keys().any(|k| k == key));
                let (mut owned, mut present, mut conditional) = (false, false, false);
                for (factor, level) in owners {
                    owned = true;
                    present |= level.is_some();
                    conditional |= factor.when.is_some();
                }
                let set = self
                    .included
                    .is_some_and(|index| sweep.include[index].sets(key));
                let shown = match self.included {
                    // A condition says nothing of a trial beside the grid: only what it sets does.
                    Some(_) => !conditional || set,
                    None => !owned || present,
                };
                let value = shown.then(|| key.value_in(&self.config))?;
                (owned || set || !value.is_null()).then_some(value)
            }
        }
    }

    /// The trial's value in a column as short text: `none` for `null`, `–` where the factor is
    /// absent.
    pub fn label(&self, sweep: &Sweep, column: &ParameterColumn) -> String {
        self.value(sweep, column)
            .map_or_else(|| "–".to_owned(), |value| short_text(&value))
    }
}

/// The columns that tell trials apart: factors in the order of the grid, then keys that only
/// trials beside the grid change.
fn columns(sweep: &Sweep) -> Vec<ParameterColumn> {
    let mut columns: Vec<ParameterColumn> = Vec::new();
    let by_key = |key: &'static Key| ParameterColumn {
        name: key.path.to_owned(),
        short: key.short_name.to_owned(),
        source: ParameterSource::Key(key),
    };
    for (index, factor) in sweep.factors.iter().enumerate() {
        match &factor.kind {
            FactorKind::Key(key) => columns.push(by_key(key)),
            FactorKind::Zip(keys) => columns.extend(keys.iter().map(|key| by_key(key))),
            FactorKind::Labelled => columns.push(ParameterColumn {
                name: factor.name.clone(),
                short: factor.name.clone(),
                source: ParameterSource::Labels(index),
            }),
        }
    }
    // Conditional factors may take turns at one key.
    let mut names = HashSet::new();
    columns.retain(|column| names.insert(column.name.clone()));
    let included = sweep.include.iter().flat_map(|include| &include.settings);
    for set in included {
        if !columns.iter().any(|column| column.name == set.key.path) {
            columns.push(by_key(set.key));
        }
    }
    columns
}
