//! The scores over a complete grid, the input of an analysis of variance.

use super::conclusions::{Analysis, has_same_splits, test_to_train};
use crate::plan::Plan;
use crate::spec::Sweep;

/// The scores of each combination of the levels of all factors.
#[derive(Clone, Debug)]
pub(crate) struct ScoreGrid<'a> {
    /// The number of levels of each factor.
    pub levels: Vec<usize>,
    /// The score on each split, for each combination of levels; the last factor varies fastest.
    pub scores: Vec<&'a [f64]>,
    /// The ratio of validation to training samples in a split.
    pub test_to_train: f64,
}

/// Why a sweep has no complete grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IncompleteGrid {
    /// The sweep has no factor, or no validation scores.
    NoGrid,
    /// Some combinations of levels have no score.
    MissingScores { missing: usize, all: usize },
    /// Some trials do not have this factor.
    ConditionalFactor(String),
    /// The trials have different splits.
    DifferentSplits,
}

/// The maximum number of combinations: the maximum number of planned trials.
const MAX_COMBINATIONS: usize = crate::plan::MAX_TRIALS;

impl<'a> ScoreGrid<'a> {
    /// Collects the scores of the trials in the grid, without additional trials (`include`).
    ///
    /// # Errors
    /// The grid is incomplete.
    pub(crate) fn new(
        sweep: &Sweep,
        plan: &Plan,
        analysis: &'a Analysis,
    ) -> Result<Self, IncompleteGrid> {
        let factors = &sweep.factors;
        if factors.is_empty() || !plan.is_validated() {
            return Err(IncompleteGrid::NoGrid);
        }
        if let Some(factor) = factors.iter().find(|factor| factor.when.is_some()) {
            return Err(IncompleteGrid::ConditionalFactor(factor.name.clone()));
        }
        let levels: Vec<usize> = factors.iter().map(|factor| factor.levels.len()).collect();
        // The plan has counted the grid, so its size fits.
        let all = levels.iter().product::<usize>().min(MAX_COMBINATIONS);
        let mut cells: Vec<Option<&[f64]>> = vec![None; all];
        let trials = plan.trials.iter().enumerate();
        let of_grid: Vec<_> = trials
            .filter(|(_, trial)| trial.included.is_none())
            .collect();
        let Some(&(_, first)) = of_grid.first() else {
            return Err(IncompleteGrid::NoGrid);
        };
        for &(position, trial) in &of_grid {
            // The first factor varies slowest, as in the plan.
            let digits = trial.levels.iter().zip(&levels);
            let cell = digits.fold(0, |cell, (level, count)| cell * count + level.unwrap_or(0));
            cells[cell] = analysis.scores[position].as_deref();
        }
        let missing = cells.iter().filter(|cell| cell.is_none()).count();
        if missing > 0 {
            return Err(IncompleteGrid::MissingScores { missing, all });
        }
        if !of_grid
            .iter()
            .all(|(_, trial)| has_same_splits(trial, first))
        {
            return Err(IncompleteGrid::DifferentSplits);
        }
        Ok(Self {
            levels,
            scores: cells.into_iter().flatten().collect(),
            test_to_train: test_to_train(&first.config.validation),
        })
    }

    /// The level of a factor in each combination, in the order of `scores`.
    pub(crate) fn cell_levels(&self, factor: usize) -> impl Iterator<Item = usize> + '_ {
        let inner: usize = self.levels[factor + 1..].iter().product();
        (0..self.scores.len()).map(move |cell| cell / inner % self.levels[factor])
    }
}
