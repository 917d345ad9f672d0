//! Which candidates are worse than the best, beyond the luck of their splits.
//!
//! The best is picked by looking at the scores that then test it, and the luckiest of m equal
//! candidates is far from an average one. Holm's correction for the m − 1 comparisons with the best
//! does not count this choice; any of the m could have been it. So p values are multiplied once
//! more, by m/2:
//!
//! > Sort the m − 1 p values. With the k-th smallest, call its candidate different while
//! > p ≤ 2α / (m · (m − k)).
//!
//! If each single p value is valid, then with probability 1 − α or more no candidate is called
//! different that is truly as good as the one picked, or better, whatever the true means are and
//! however scores of candidates depend on each other. For let candidate b be picked, and g of the
//! others be truly as good as b or better. The first of these g that is called different, in step
//! k, comes after k − 1 others, of which there are m − 1 − g; so m − k is g or more, and its p is
//! 2α / (m · g) or less. It scored below b without being worse: a valid two-sided p is that small
//! on that side with probability α / (m · g) or less. There are g such candidates for b, and m
//! possible b: α in all.
//!
//! For the first step this is Bonferroni's bound for all m(m − 1)/2 pairs; later steps gain up to a
//! factor of m − 1 over it. For m = 2 it is the plain test. No other pair need be computed.

use crate::scores::{check_ratio, columns, mean};
use crate::t_test::paired;
use crate::{Direction, Error, holm};

/// All candidates, held against the best.
#[derive(Clone, Debug, PartialEq)]
pub struct AgainstBest {
    /// The candidate with the best mean, the first of equals.
    pub best: usize,
    /// One for each candidate, in their order; that of the best is with itself.
    pub comparisons: Vec<Comparison>,
}

/// A candidate beside the best one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The mean over the splits of this candidate's score minus the best one's.
    pub difference: f64,
    /// That of the corrected resampled t-test of the two alone.
    pub p_value: f64,
    /// The same, corrected for all candidates and for having picked the best of them.
    pub adjusted_p_value: f64,
}

impl AgainstBest {
    /// For each candidate, whether it cannot be told from the best when the probability of calling
    /// even one candidate worse that is not is to be `error_rate` (0.05) at most. True of the best
    /// itself.
    pub fn like_best(&self, error_rate: f64) -> Vec<bool> {
        let comparisons = self.comparisons.iter().enumerate();
        comparisons
            .map(|(index, one)| index == self.best || one.adjusted_p_value > error_rate)
            .collect()
    }
}

/// Holds each candidate against the one with the best mean. `scores` has a row for each candidate,
/// with a score for each split, which all share. `test_to_train` is the ratio of validation to
/// training samples of a split.
///
/// # Errors
/// No scores, fewer than 2 splits, rows of different lengths, scores that are no numbers, a bad
/// ratio.
pub fn against_best(
    scores: &[impl AsRef<[f64]>],
    direction: Direction,
    test_to_train: f64,
) -> Result<AgainstBest, Error> {
    let splits = columns(scores)?;
    check_ratio(test_to_train)?;
    if splits < 2 {
        return Err(Error::TooFewSplits { splits });
    }
    let means = scores.iter().map(|row| mean(row.as_ref()));
    let best = direction.best(means).ok_or(Error::NoScores)?;
    let best_scores = scores[best].as_ref();
    let tests = scores
        .iter()
        .map(|row| paired(row.as_ref(), best_scores, test_to_train));
    let mut comparisons: Vec<Comparison> = tests
        .map(|test| Comparison {
            difference: test.difference,
            p_value: test.p_value,
            adjusted_p_value: 1.0,
        })
        .collect();
    let others = || (0..scores.len()).filter(|&index| index != best);
    let p_values: Vec<f64> = others().map(|index| comparisons[index].p_value).collect();
    let possible_bests = scores.len() as f64 / 2.0;
    for (index, adjusted) in others().zip(holm(&p_values)) {
        comparisons[index].adjusted_p_value = (adjusted * possible_bests).min(1.0);
    }
    Ok(AgainstBest { best, comparisons })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corrected_t_test;

    const SCORES: [[f64; 5]; 4] = [
        [0.912, 0.921, 0.908, 0.917, 0.915],
        [0.954, 0.960, 0.951, 0.957, 0.958],
        [0.953, 0.961, 0.949, 0.959, 0.956],
        [0.701, 0.713, 0.704, 0.702, 0.712],
    ];

    #[test]
    fn what_is_clearly_worse_is_marked_and_what_is_not_is_not() {
        let found = against_best(&SCORES, Direction::Maximise, 0.25).unwrap();
        assert_eq!(found.best, 1);
        assert_eq!(found.like_best(0.05), [false, true, true, false]);
        assert_eq!(found.comparisons[1].difference, 0.0);
        assert_eq!(found.comparisons[1].adjusted_p_value, 1.0);
        let inverted = SCORES.map(|row| row.map(|score| 1.0 - score));
        let losses = against_best(&inverted, Direction::Minimise, 0.25).unwrap();
        assert_eq!(losses.best, 1);
        assert_eq!(losses.like_best(0.05), [false, true, true, false]);
    }

    #[test]
    fn p_values_are_multiplied_by_the_candidates_that_are_left_and_half_of_all() {
        let found = against_best(&SCORES, Direction::Maximise, 0.25).unwrap();
        let single = |row: usize| {
            corrected_t_test(&SCORES[row], &SCORES[1], 0.25)
                .unwrap()
                .p_value
        };
        let (p0, p3) = (single(0), single(3));
        assert!(p3 < p0 && p0 < 1e-4, "{p3} {p0}");
        let adjusted = |row: usize| found.comparisons[row].adjusted_p_value;
        assert!((adjusted(3) / p3 - 3.0 * 2.0).abs() < 1e-12);
        assert!((adjusted(0) / p0 - 2.0 * 2.0).abs() < 1e-12);
        assert_eq!(adjusted(2), 1.0);
    }

    #[test]
    fn two_candidates_are_a_plain_test() {
        let found = against_best(&SCORES[..2], Direction::Maximise, 0.25).unwrap();
        assert_eq!(
            found.comparisons[0].adjusted_p_value,
            found.comparisons[0].p_value
        );
    }

    #[test]
    fn of_equal_candidates_the_first_is_best_and_none_is_marked() {
        let scores = [[0.8, 0.9], [0.9, 0.8], [0.9, 0.8]];
        let found = against_best(&scores, Direction::Maximise, 1.0).unwrap();
        assert_eq!(found.best, 0);
        assert_eq!(found.like_best(0.05), [true; 3]);
        let alone = against_best(&scores[..1], Direction::Minimise, 1.0).unwrap();
        assert_eq!(alone.like_best(0.05), [true]);
    }

    #[test]
    fn what_cannot_be_compared_is_told() {
        let none: [[f64; 3]; 0] = [];
        let found = against_best(&none, Direction::Maximise, 0.5);
        assert_eq!(found, Err(Error::NoScores));
        let one = against_best(&[[0.9], [0.8]], Direction::Maximise, 0.5);
        assert_eq!(one, Err(Error::TooFewSplits { splits: 1 }));
    }
}
