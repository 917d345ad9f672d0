//! Mean scores at each level of each factor, over all levels of the others.

use crate::grid::Grid;
use crate::scores::{check_ratio, columns, mean};
use crate::{Error, Interval, moderated_intervals};

/// The mean score of all cells of a grid that share a level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelMean {
    /// Mean over cells and blocks.
    pub mean: f64,
    /// Confidence interval of the mean, over the means of single blocks; `None` with a single
    /// block.
    pub interval: Option<Interval>,
}

/// Returns the mean of each level of each factor of a complete grid, indexed by `[factor][level]`.
/// The arguments are those of [`functional_anova`](crate::functional_anova) and [`interval`](crate::interval()).
///
/// For an interval, the cells of a level are first averaged in each block (split). The J means vary
/// like a score over J splits, whereas single cells of a block do not vary independently. The
/// levels of all factors [moderate](crate::moderated_intervals) each other's variances. Intervals
/// include the differences between blocks, so two levels can differ clearly in every block while
/// their intervals overlap.
///
/// # Errors
///
/// Returns an error if rows do not form a complete grid or differ in length, if a score is not a
/// number or too large, or if the ratio is invalid.
pub fn main_effects(
    levels: &[usize],
    scores: &[impl AsRef<[f64]>],
    test_to_train: f64,
    confidence: f64,
) -> Result<Vec<Vec<LevelMean>>, Error> {
    let blocks = columns(scores)?;
    check_ratio(test_to_train)?;
    let grid = Grid::new(levels, scores.len())?;
    let of_factor = |factor| {
        let mut sums = vec![vec![0.0; blocks]; grid.levels(factor)];
        for (level, row) in grid.level_of_cells(factor).zip(scores) {
            for (sum, score) in sums[level].iter_mut().zip(row.as_ref()) {
                *sum += score;
            }
        }
        let size = (grid.cells() / grid.levels(factor)) as f64;
        for sum in sums.iter_mut().flatten() {
            *sum /= size;
        }
        sums
    };
    let block_means: Vec<Vec<f64>> = (0..grid.factors()).flat_map(of_factor).collect();
    let mut intervals = if blocks < 2 {
        Vec::new()
    } else {
        moderated_intervals(&block_means, test_to_train, confidence)?
    }
    .into_iter();
    let mut level_means = block_means.iter().map(|means| LevelMean {
        mean: mean(means),
        interval: intervals.next(),
    });
    let factors = (0..grid.factors()).map(|factor| grid.levels(factor));
    Ok(factors
        .map(|levels| level_means.by_ref().take(levels).collect())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_the_mean_of_its_cells_in_each_block() {
        let scores = [
            [1.0, 2.0],
            [3.0, 4.0],
            [5.0, 9.0],
            [7.0, 7.0],
            [0.0, 0.0],
            [2.0, 4.0],
        ];
        let found = main_effects(&[3, 2], &scores, 1.0, 0.9).unwrap();
        let means = |factor: usize| found[factor].iter().map(|l| l.mean).collect::<Vec<_>>();
        assert_eq!(means(0), [2.5, 7.0, 1.5]);
        let rows = [
            [2.0, 3.0],
            [6.0, 8.0],
            [1.0, 2.0],
            [2.0, 11.0 / 3.0],
            [4.0, 5.0],
        ];
        let intervals = moderated_intervals(&rows, 1.0, 0.9).unwrap();
        let levels = found.iter().flatten();
        for (level, expected) in levels.zip(intervals) {
            let interval = level.interval.unwrap();
            assert!((interval.low - expected.low).abs() < 1e-9);
            assert!((interval.high - expected.high).abs() < 1e-9);
        }
        assert_eq!(found[1].len(), 2);
    }

    #[test]
    fn exchanging_two_levels_exchanges_their_intervals() {
        // Each factor with one level repeats the mean of both rows. Its residuals are only rounding errors,
        // which must not affect the weights.
        let scores = [
            [
                0.541_816_060_814_556_9,
                0.396_583_677_149_632_83,
                0.202_474_061_475_371_28,
                0.145_664_622_388_728_85,
            ],
            [
                0.567_442_215_268_909_5,
                0.286_622_223_795_497_3,
                0.470_787_637_122_450_1,
                0.992_992_389_697_619_5,
            ],
        ];
        let levels = [1, 1, 1, 2];
        let before = main_effects(&levels, &scores, 0.031, 0.9).unwrap();
        let after = main_effects(&levels, &[scores[1], scores[0]], 0.031, 0.9).unwrap();
        let low = |level: LevelMean| level.interval.unwrap().low;
        for (one, other) in [
            (before[0][0], after[0][0]),
            (before[3][0], after[3][1]),
            (before[3][1], after[3][0]),
        ] {
            assert!((low(one) - low(other)).abs() < 1e-12, "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_single_block_has_means_without_intervals() {
        let found = main_effects(&[2], &[[0.25], [0.75]], 0.5, 0.95).unwrap();
        let level = |mean| LevelMean {
            mean,
            interval: None,
        };
        assert_eq!(found, [[level(0.25), level(0.75)]]);
        assert!(main_effects(&[3], &[[0.25], [0.75]], 0.5, 0.95).is_err());
    }
}
