//! Levels that are clearly worse than the best level of their factor.

use super::conclusions::is_different;
use super::score_grid::ScoreGrid;
use crate::metrics::Score;

/// A level that is clearly worse than the best level of its factor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WorseLevel {
    /// The factor's position in the sweep.
    pub(crate) factor: usize,
    /// The level's position in the factor.
    pub(crate) level: usize,
    /// The position of the factor's best level.
    pub(crate) best: usize,
    /// The level's mean score minus that of the best level.
    pub(crate) difference: f64,
}

/// The clearly worse levels of all factors, the largest difference first. The means of the levels of a
/// factor are compared on each split like the scores of trials, so that at most 5 % of the factors without
/// an effect have a level that is called worse. Empty for a single split.
pub(crate) fn worse_levels(grid: &ScoreGrid, rank_by: Score) -> Vec<WorseLevel> {
    let factors = 0..grid.levels.len();
    let mut worse: Vec<WorseLevel> = factors
        .flat_map(|factor| of_factor(grid, factor, rank_by))
        .collect();
    worse.sort_by(|a, b| b.difference.abs().total_cmp(&a.difference.abs()));
    worse
}

fn of_factor(grid: &ScoreGrid, factor: usize, rank_by: Score) -> Vec<WorseLevel> {
    let means = level_means(grid, factor);
    // A single split, or scores that are not finite.
    let Ok(found) = statistics::against_best(&means, rank_by.direction, grid.test_to_train) else {
        return Vec::new();
    };
    let best = found.best;
    let compared = found.comparisons.into_iter().enumerate();
    compared
        .filter(|(level, one)| *level != best && is_different(one.adjusted_p_value))
        .map(|(level, one)| WorseLevel {
            factor,
            level,
            best,
            difference: one.difference,
        })
        .collect()
}

/// The mean score of each level of a factor on each split, over all levels of the other factors.
fn level_means(grid: &ScoreGrid, factor: usize) -> Vec<Vec<f64>> {
    let levels = grid.levels[factor];
    let splits = grid.scores.first().map_or(0, |scores| scores.len());
    let mut means = vec![vec![0.0; splits]; levels];
    let cells = grid.scores.len() / levels.max(1);
    for (level, scores) in grid.cell_levels(factor).zip(&grid.scores) {
        for (mean, score) in means[level].iter_mut().zip(*scores) {
            *mean += score / cells as f64;
        }
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three levels × two levels on four splits: the third level of the first factor is worse, the
    /// second factor does nothing.
    const SCORES: [[f64; 4]; 6] = [
        [0.90, 0.92, 0.91, 0.93],
        [0.91, 0.92, 0.90, 0.93],
        [0.91, 0.92, 0.91, 0.92],
        [0.90, 0.91, 0.92, 0.93],
        [0.70, 0.73, 0.71, 0.74],
        [0.71, 0.72, 0.71, 0.73],
    ];

    fn grid(scores: &[[f64; 4]], splits: usize) -> ScoreGrid<'_> {
        ScoreGrid {
            levels: vec![3, 2],
            scores: scores.iter().map(|scores| &scores[..splits]).collect(),
            test_to_train: 1.0 / 3.0,
        }
    }

    #[test]
    fn a_level_far_below_the_best_on_every_split_is_worse_and_no_other() {
        let found = worse_levels(&grid(&SCORES, 4), Score::ACCURACY);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].factor, found[0].level), (0, 2));
        assert!((found[0].difference + 0.2).abs() < 0.01, "{found:?}");
        // As losses, the first two are worse than the third.
        let found = worse_levels(&grid(&SCORES, 4), Score::LOSS);
        let levels: Vec<_> = found.iter().map(|one| (one.factor, one.best)).collect();
        assert_eq!(levels, [(0, 2), (0, 2)]);
        assert!(found.iter().all(|one| one.difference > 0.0));
    }

    #[test]
    fn a_single_split_shows_no_worse_level() {
        assert!(worse_levels(&grid(&SCORES, 1), Score::ACCURACY).is_empty());
    }
}
