//! From factors to trials: the Cartesian product, its conditions and exclusions.

use super::error::{MAX_RUNS, MAX_TRIALS};
use crate::spec::{
    Config, Conflict, Data, DatasetInfo, Diagnostic, Factor, Key, KeyAssignment, Span, Sweep,
};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

/// One configuration of the sweep, and the levels that it consists of.
#[derive(Clone, Debug)]
pub struct GridPoint {
    /// The level of each factor; `None` if the factor is absent (its condition does not hold) or the
    /// trial comes from `include`.
    pub levels: Vec<Option<usize>>,
    /// The position of the `include` entry that it comes from, if it is not a point of the grid.
    pub included: Option<usize>,
    /// The whole configuration.
    pub config: Config,
}

/// The counts of an expansion.
#[derive(Clone, Debug, Default)]
pub struct Expansion {
    /// Trials: points of the grid that are not excluded, and those of `include`.
    pub trials: usize,
    /// Their runs: trials times repeats times folds.
    pub runs: usize,
    /// Points of the grid that were excluded.
    pub excluded: usize,
    /// The number of points that each condition of `exclude` matches.
    pub exclude_matches: Vec<usize>,
}

/// Describes a data set, or explains why it cannot be used.
pub type DatasetInfoFn<'a> = dyn Fn(&Data) -> Result<DatasetInfo, String> + 'a;

/// Visits each trial of the sweep in order: the first factor varies slowest, trials of `include` come
/// last.
///
/// # Errors
/// A trial whose keys contradict each other, two trials with the same configuration, a key that two
/// factors set at once, data that cannot be used, or more than [`MAX_TRIALS`] trials.
pub(super) fn expand(
    sweep: &Sweep,
    dataset_info: &DatasetInfoFn,
    visit: &mut dyn FnMut(GridPoint),
) -> Result<Expansion, Diagnostic> {
    let mut walk = GridWalk {
        sweep,
        dataset_info,
        visit,
        expansion: Expansion {
            exclude_matches: vec![0; sweep.exclude.len()],
            ..Expansion::default()
        },
        seen: HashMap::new(),
        base_spans: spans_of_base(sweep),
    };
    let levels = Vec::with_capacity(sweep.factors.len());
    if sweep.factors.is_empty() && !sweep.include.is_empty() {
        // Without a grid, the trials of `include` are the only ones.
    } else {
        walk.visit_levels(sweep.base_config(), levels)?;
    }
    for (index, include) in sweep.include.iter().enumerate() {
        walk.add_included(index, &include.settings, &include.span)?;
    }
    match walk.expansion.trials {
        0 => Err(no_trials(sweep)),
        _ => Ok(walk.expansion),
    }
}

struct GridWalk<'a> {
    sweep: &'a Sweep,
    dataset_info: &'a DatasetInfoFn<'a>,
    visit: &'a mut dyn FnMut(GridPoint),
    expansion: Expansion,
    /// Hashes of the configurations so far, with the positions of their trials.
    seen: HashMap<u64, usize>,
    /// Where the base configuration sets each key, for messages.
    base_spans: HashMap<usize, Span>,
}

impl GridWalk<'_> {
    fn visit_levels(
        &mut self,
        config: Config,
        levels: Vec<Option<usize>>,
    ) -> Result<(), Diagnostic> {
        let Some(factor) = self.sweep.factors.get(levels.len()) else {
            return self.visit_point(config, levels);
        };
        let is_present = factor
            .when
            .as_ref()
            .is_none_or(|rule| rule.matches(&config, &levels, &self.sweep.factors));
        if !is_present {
            return self.visit_levels(config, extended(&levels, None));
        }
        for (index, level) in factor.levels.iter().enumerate() {
            reject_second_setter(&self.sweep.factors, &levels, factor, &level.settings)?;
            let mut next = config.clone();
            level.apply(&mut next);
            self.visit_levels(next, extended(&levels, Some(index)))?;
        }
        Ok(())
    }

    /// Adds a complete point of the grid, unless it is excluded.
    fn visit_point(
        &mut self,
        mut config: Config,
        levels: Vec<Option<usize>>,
    ) -> Result<(), Diagnostic> {
        let mut is_excluded = false;
        let matches = &mut self.expansion.exclude_matches;
        for (rule, matches) in self.sweep.exclude.iter().zip(matches) {
            if rule.matches(&config, &levels, &self.sweep.factors) {
                *matches += 1;
                is_excluded = true;
            }
        }
        if is_excluded {
            self.expansion.excluded += 1;
            return self.reject_too_many();
        }
        let span = |key: &Key| self.span_of(key, &levels);
        complete_config(&mut config, self.dataset_info, span)?;
        self.add(GridPoint {
            levels,
            included: None,
            config,
        })
    }

    /// Adds the trial of an entry of `include`.
    fn add_included(
        &mut self,
        index: usize,
        settings: &[KeyAssignment],
        span: &Span,
    ) -> Result<(), Diagnostic> {
        let mut config = self.sweep.base_config();
        for assignment in settings {
            assignment.assignment.apply(&mut config);
        }
        complete_config(&mut config, self.dataset_info, |key| {
            let set = settings.iter().find(|set| set.key == key);
            set.map(|set| set.span.clone())
                .or_else(|| self.base_spans.get(&key.index).cloned())
        })
        .map_err(|problem| match problem.span.line {
            0 => Diagnostic {
                span: span.clone(),
                ..problem
            },
            _ => problem,
        })?;
        self.add(GridPoint {
            levels: vec![None; self.sweep.factors.len()],
            included: Some(index),
            config,
        })
    }

    fn add(&mut self, point: GridPoint) -> Result<(), Diagnostic> {
        let mut hasher = DefaultHasher::new();
        point.config.canonical().hash(&mut hasher);
        let position = self.expansion.trials;
        match self.seen.entry(hasher.finish()) {
            Entry::Vacant(entry) => entry.insert(position),
            Entry::Occupied(entry) => {
                let first = *entry.get();
                return Err(self.duplicate(&point, first));
            }
        };
        self.expansion.trials += 1;
        self.reject_too_many()?;
        let validation = &point.config.validation;
        self.expansion.runs += validation.splits() * validation.repeats.get();
        if self.expansion.runs > MAX_RUNS {
            return Err(Diagnostic::new(
                &self.span(&point, "validation.repeats"),
                format!("the sweep has more than {MAX_RUNS} runs (trials × repeats × folds)"),
            )
            .with_help(
                "reduce the number of trials, repeats or folds, or split it into several sweeps",
            ));
        }
        (self.visit)(point);
        Ok(())
    }

    fn reject_too_many(&self) -> Result<(), Diagnostic> {
        if self.expansion.trials + self.expansion.excluded <= MAX_TRIALS {
            return Ok(());
        }
        let factors = &self.sweep.factors;
        let sizes: Vec<String> = factors
            .iter()
            .map(|factor| format!("{} {}", factor.levels.len(), factor.name))
            .collect();
        let span = factors.first().map(|f| f.span.clone()).unwrap_or_default();
        Err(Diagnostic::new(
            &span,
            format!(
                "the grid has more than {MAX_TRIALS} combinations ({})",
                sizes.join(" × ")
            ),
        )
        .with_help("split it into several sweeps, or give the largest factors fewer levels"))
    }

    fn duplicate(&self, point: &GridPoint, first: usize) -> Diagnostic {
        let span = match point.included {
            Some(index) => self.sweep.include[index].span.clone(),
            None => {
                let used = self.sweep.factors.iter().zip(&point.levels);
                used.rev()
                    .find_map(|(factor, level)| Some(factor.levels[(*level)?].span.clone()))
                    .unwrap_or_default()
            }
        };
        let described = describe(self.sweep, point);
        Diagnostic::new(
            &span,
            format!(
                "the trial {described} is equivalent to trial number {}",
                first + 1
            ),
        )
        .with_help(
            "make the two differ in a key that applies to them, let a factor vary only `when` it has an \
             effect, or remove one of the two with `exclude`",
        )
    }

    /// The span that sets the key of this path; the empty span if it has its default.
    fn span(&self, point: &GridPoint, path: &str) -> Span {
        let key = Key::find(path);
        key.and_then(|key| self.span_of(key, &point.levels))
            .unwrap_or_default()
    }

    /// The span that sets `key`: in a level, or in the base configuration.
    fn span_of(&self, key: &Key, levels: &[Option<usize>]) -> Option<Span> {
        let used = self.sweep.factors.iter().zip(levels);
        used.filter_map(|(factor, level)| Some(&factor.levels[(*level)?]))
            .flat_map(|level| &level.settings)
            .find(|set| set.key == key)
            .map(|set| set.span.clone())
            .or_else(|| self.base_spans.get(&key.index).cloned())
    }
}

fn extended(levels: &[Option<usize>], level: Option<usize>) -> Vec<Option<usize>> {
    let mut extended = Vec::with_capacity(levels.len() + 1);
    extended.extend_from_slice(levels);
    extended.push(level);
    extended
}

fn spans_of_base(sweep: &Sweep) -> HashMap<usize, Span> {
    let span = |set: &KeyAssignment| (set.key.index, set.span.clone());
    sweep.base.iter().map(span).collect()
}

/// Adds the description of the data set, and validates the whole configuration. An error points at the
/// first of its keys that the sweep file sets.
fn complete_config(
    config: &mut Config,
    dataset_info: &DatasetInfoFn,
    span_of: impl Fn(&Key) -> Option<Span>,
) -> Result<(), Diagnostic> {
    let first_span = |keys: &[&str]| {
        let keys = keys.iter().filter_map(|path| Key::find(path));
        keys.filter_map(&span_of).next().unwrap_or_default()
    };
    let diagnostic = |conflict: Conflict| {
        Diagnostic::new(&first_span(conflict.keys), conflict.message).with_help(conflict.help)
    };
    config.data.validate().map_err(diagnostic)?;
    config.dataset_info = dataset_info(&config.data)
        .map_err(|message| Diagnostic::new(&first_span(&["data.path", "data.set"]), message))?;
    config.validate().map_err(diagnostic)
}

/// Rejects a key that two factors set at the same time, since neither takes precedence.
fn reject_second_setter(
    factors: &[Factor],
    levels: &[Option<usize>],
    factor: &Factor,
    settings: &[KeyAssignment],
) -> Result<(), Diagnostic> {
    for (earlier, level) in factors.iter().zip(levels) {
        let Some(level) = level else { continue };
        for set in &earlier.levels[*level].settings {
            if let Some(second) = settings.iter().find(|second| second.key == set.key) {
                return Err(Diagnostic::new(
                    &second.span,
                    format!(
                        "`{}` is set by both `{}` (level `{}`, line {}) and `{}`",
                        set.key.path,
                        earlier.name,
                        earlier.levels[*level].label,
                        set.span.line,
                        factor.name
                    ),
                )
                .with_help(
                    "let only one of them set it, or give one a `when` that excludes the other",
                ));
            }
        }
    }
    Ok(())
}

fn no_trials(sweep: &Sweep) -> Diagnostic {
    let span = sweep.exclude.first().map(|rule| rule.span.clone());
    Diagnostic::new(
        &span.unwrap_or_default(),
        "the sweep has no trials: `exclude` matches every combination of the grid",
    )
    .with_help("exclude fewer combinations")
}

/// The trial's levels as text, such as `layers=1 lr=0.1`.
fn describe(sweep: &Sweep, point: &GridPoint) -> String {
    match point.included {
        Some(index) => sweep.include[index]
            .settings
            .iter()
            .map(|set| format!("{}={}", set.key.short_name, set.assignment.value))
            .collect::<Vec<_>>()
            .join(" "),
        None => sweep
            .factors
            .iter()
            .zip(&point.levels)
            .filter_map(|(factor, level)| {
                let name = factor
                    .key()
                    .map_or(factor.name.as_str(), |key| key.short_name);
                Some(format!("{name}={}", factor.levels[(*level)?].label))
            })
            .collect::<Vec<_>>()
            .join(" "),
    }
}
