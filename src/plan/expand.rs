//! From factors to trials: the Cartesian product, its conditions and exclusions.

use super::error::{MOST_RUNS, MOST_TRIALS};
use crate::spec::{
    Config, Conflict, Data, DatasetInfo, Diagnostic, Factor, Key, KeyAssignment, Span, Sweep,
};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

/// One configuration of the sweep, and the levels that make it.
#[derive(Clone, Debug)]
pub struct GridPoint {
    /// The level of each factor; nothing where a factor is absent (its condition does not hold)
    /// or where the trial stands beside the grid.
    pub levels: Vec<Option<usize>>,
    /// The entry of `include` that it comes from, if it is no point of the grid.
    pub included: Option<usize>,
    /// The whole configuration.
    pub config: Config,
}

/// How an expansion went.
#[derive(Clone, Debug, Default)]
pub struct Expansion {
    /// Points visited and not excluded, those beside the grid included.
    pub trials: usize,
    /// Their runs: trials times repeats times folds.
    pub runs: usize,
    /// Points of the grid that were excluded.
    pub excluded: usize,
    /// How many points each rule of `exclude` matched.
    pub matched: Vec<usize>,
}

/// Tells the facts of a data set, or why it cannot be used.
pub type DatasetInfoFn<'a> = dyn Fn(&Data) -> Result<DatasetInfo, String> + 'a;

/// Visits each trial of the sweep in order: the first factor varies slowest, trials beside the
/// grid come last.
///
/// # Errors
/// A trial whose keys do not go together, two trials of equal configuration, a key set by two
/// factors at once, data that cannot be used, or more than [`MOST_TRIALS`] trials.
pub(super) fn expand(
    sweep: &Sweep,
    facts: &DatasetInfoFn,
    visit: &mut dyn FnMut(GridPoint),
) -> Result<Expansion, Diagnostic> {
    let mut walk = Walk {
        sweep,
        facts,
        visit,
        expansion: Expansion {
            matched: vec![0; sweep.exclude.len()],
            ..Expansion::default()
        },
        seen: HashMap::new(),
        places: places_of_base(sweep),
    };
    let levels = Vec::with_capacity(sweep.factors.len());
    if sweep.factors.is_empty() && !sweep.include.is_empty() {
        // Without a grid, the trials listed under `include` are all there is.
    } else {
        walk.descend(sweep.base_config(), levels)?;
    }
    for (index, include) in sweep.include.iter().enumerate() {
        walk.include(index, &include.settings, &include.span)?;
    }
    match walk.expansion.trials {
        0 => Err(no_trials(sweep)),
        _ => Ok(walk.expansion),
    }
}

struct Walk<'a> {
    sweep: &'a Sweep,
    facts: &'a DatasetInfoFn<'a>,
    visit: &'a mut dyn FnMut(GridPoint),
    expansion: Expansion,
    /// Hashes of the configurations so far, with the number of the trial that has it.
    seen: HashMap<u64, usize>,
    /// Where each key got its value, for messages.
    places: HashMap<usize, Span>,
}

impl Walk<'_> {
    fn descend(&mut self, config: Config, levels: Vec<Option<usize>>) -> Result<(), Diagnostic> {
        let Some(factor) = self.sweep.factors.get(levels.len()) else {
            return self.arrive(config, levels);
        };
        let applies = factor
            .when
            .as_ref()
            .is_none_or(|rule| rule.matches(&config, &levels, &self.sweep.factors));
        if !applies {
            return self.descend(config, extended(&levels, None));
        }
        for (index, level) in factor.levels.iter().enumerate() {
            refuse_second_setter(&self.sweep.factors, &levels, factor, &level.settings)?;
            let mut next = config.clone();
            level.apply(&mut next);
            self.descend(next, extended(&levels, Some(index)))?;
        }
        Ok(())
    }

    /// A whole point of the grid.
    fn arrive(&mut self, mut config: Config, levels: Vec<Option<usize>>) -> Result<(), Diagnostic> {
        let mut excluded = false;
        for (rule, matched) in self.sweep.exclude.iter().zip(&mut self.expansion.matched) {
            if rule.matches(&config, &levels, &self.sweep.factors) {
                *matched += 1;
                excluded = true;
            }
        }
        if excluded {
            self.expansion.excluded += 1;
            return self.refuse_too_many();
        }
        let place = |key: &Key| self.place_of(key, &levels);
        complete(&mut config, self.facts, place)?;
        self.add(GridPoint {
            levels,
            included: None,
            config,
        })
    }

    fn include(
        &mut self,
        index: usize,
        settings: &[KeyAssignment],
        place: &Span,
    ) -> Result<(), Diagnostic> {
        let mut config = self.sweep.base_config();
        for set in settings {
            set.assignment.apply(&mut config);
        }
        complete(&mut config, self.facts, |key| {
            let set = settings.iter().find(|set| set.key == key);
            set.map(|set| set.span.clone())
                .or_else(|| self.places.get(&key.index).cloned())
        })
        .map_err(|problem| match problem.span.line {
            0 => Diagnostic {
                span: place.clone(),
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
        let number = self.expansion.trials;
        match self.seen.entry(hasher.finish()) {
            Entry::Vacant(entry) => entry.insert(number),
            Entry::Occupied(entry) => {
                let first = *entry.get();
                return Err(self.duplicate(&point, first));
            }
        };
        self.expansion.trials += 1;
        self.refuse_too_many()?;
        let validation = &point.config.validation;
        self.expansion.runs += validation.splits() * validation.repeats.get();
        if self.expansion.runs > MOST_RUNS {
            return Err(Diagnostic::new(
                &self.place(&point, "validation.repeats"),
                format!("the sweep has more than {MOST_RUNS} runs (trials × repeats × folds)"),
            )
            .with_help("ask for fewer trials, repeats or folds, or split it into several sweeps"));
        }
        (self.visit)(point);
        Ok(())
    }

    fn refuse_too_many(&self) -> Result<(), Diagnostic> {
        if self.expansion.trials + self.expansion.excluded <= MOST_TRIALS {
            return Ok(());
        }
        let factors = &self.sweep.factors;
        let sizes: Vec<String> = factors
            .iter()
            .map(|factor| format!("{} {}", factor.levels.len(), factor.name))
            .collect();
        let place = factors.first().map(|f| f.span.clone()).unwrap_or_default();
        Err(Diagnostic::new(
            &place,
            format!(
                "the grid has more than {MOST_TRIALS} combinations ({})",
                sizes.join(" × ")
            ),
        )
        .with_help("split it into several sweeps, or give the largest factors fewer levels"))
    }

    fn duplicate(&self, point: &GridPoint, first: usize) -> Diagnostic {
        let place = match point.included {
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
            &place,
            format!(
                "the trial {described} is trained just as trial {}",
                first + 1
            ),
        )
        .with_help(
            "make them differ where it matters, let a factor vary only `when` it has a meaning, or \
             leave one of the two out with `exclude`",
        )
    }

    /// Where the key of this path got its value; nowhere where it has its default.
    fn place(&self, point: &GridPoint, path: &str) -> Span {
        let key = Key::find(path);
        key.and_then(|key| self.place_of(key, &point.levels))
            .unwrap_or_default()
    }

    /// Where `key` got its value: from a level, or from the base configuration.
    fn place_of(&self, key: &Key, levels: &[Option<usize>]) -> Option<Span> {
        let used = self.sweep.factors.iter().zip(levels);
        used.filter_map(|(factor, level)| Some(&factor.levels[(*level)?]))
            .flat_map(|level| &level.settings)
            .find(|set| set.key == key)
            .map(|set| set.span.clone())
            .or_else(|| self.places.get(&key.index).cloned())
    }
}

fn extended(levels: &[Option<usize>], level: Option<usize>) -> Vec<Option<usize>> {
    let mut extended = Vec::with_capacity(levels.len() + 1);
    extended.extend_from_slice(levels);
    extended.push(level);
    extended
}

fn places_of_base(sweep: &Sweep) -> HashMap<usize, Span> {
    let place = |set: &KeyAssignment| (set.key.index, set.span.clone());
    sweep.base.iter().map(place).collect()
}

/// Fills in what is known of the data, and checks the whole configuration; the message points at
/// the first of the keys that has a place.
fn complete(
    config: &mut Config,
    facts: &DatasetInfoFn,
    place: impl Fn(&Key) -> Option<Span>,
) -> Result<(), Diagnostic> {
    let found = |keys: &[&str]| {
        let keys = keys.iter().filter_map(|path| Key::find(path));
        keys.filter_map(&place).next().unwrap_or_default()
    };
    let told = |conflict: Conflict| {
        Diagnostic::new(&found(conflict.keys), conflict.message).with_help(conflict.help)
    };
    config.data.validate().map_err(told)?;
    config.dataset_info = facts(&config.data)
        .map_err(|message| Diagnostic::new(&found(&["data.path", "data.set"]), message))?;
    config.validate().map_err(told)
}

/// A key set by two factors at the same time: which should win?
fn refuse_second_setter(
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
                        "`{}` is set by `{}` (level `{}`, line {}) and by `{}` at once",
                        set.key.path,
                        earlier.name,
                        earlier.levels[*level].label,
                        set.span.line,
                        factor.name
                    ),
                )
                .with_help(
                    "let only one of them set it, or give one a `when` that rules the other out",
                ));
            }
        }
    }
    Ok(())
}

fn no_trials(sweep: &Sweep) -> Diagnostic {
    let place = sweep.exclude.first().map(|rule| rule.span.clone());
    Diagnostic::new(
        &place.unwrap_or_default(),
        "no trial is left: `exclude` matches every combination of the grid",
    )
    .with_help("exclude fewer combinations")
}

/// The trial's levels in words, such as `layers=1 lr=0.1`.
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
