//! The scores over a complete grid, as an analysis of variance wants them.

use super::conclusions::{Analysis, has_same_splits, test_to_train};
use crate::plan::Plan;
use crate::spec::Sweep;

/// The scores of each combination of the levels of all factors.
#[derive(Clone, Debug)]
pub(crate) struct ScoreGrid<'a> {
    /// How many levels each factor has.
    pub levels: Vec<usize>,
    /// The score on each split, for each combination; the last factor varies fastest.
    pub scores: Vec<&'a [f64]>,
    /// Validation samples for each training sample of a split.
    pub test_to_train: f64,
}

/// Why a sweep has no complete grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IncompleteGrid {
    /// There is no factor, or nothing to score by.
    NoGrid,
    /// Combinations of the levels that have no score.
    MissingScores { missing: usize, all: usize },
    /// A factor that some trials do not have.
    ConditionalFactor(String),
    /// Trials on different splits cannot be compared split by split.
    DifferentSplits,
}

/// The most combinations that are looked at: as many as trials may be planned.
const MAX_COMBINATIONS: usize = crate::plan::MAX_TRIALS;

impl<'a> ScoreGrid<'a> {
    /// The grid of a sweep, without the trials beside it.
    ///
    /// # Errors
    /// Why it is not complete.
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
        // A grid is planned before it is counted: its size fits.
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

    /// The level of a factor in each combination.
    pub(crate) fn cell_levels(&self, factor: usize) -> impl Iterator<Item = usize> + '_ {
        let inner: usize = self.levels[factor + 1..].iter().product();
        (0..self.scores.len()).map(move |cell| cell / inner % self.levels[factor])
    }
}
