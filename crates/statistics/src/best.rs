//! Which candidates are worse than the best, beyond chance.
//!
//! The best candidate is selected with the same scores that then test it, and the luckiest of m
//! equal candidates is far from average. Holm's correction for the m − 1 comparisons with the best
//! does not account for this selection, because any of the m candidates could have been selected.
//! Therefore p values are also multiplied by m/2:
//!
//! > Sort the m − 1 p values. For the k-th smallest, call its candidate different while
//! > p ≤ 2α / (m · (m − k)).
//!
//! If each single p value is valid, then with probability at least 1 − α no candidate is called
//! different that is truly as good as the selected one or better, whatever the true means are and
//! however scores of candidates depend on each other. Proof: Let candidate b be selected, and let g
//! of the others be truly as good as b or better. The first of these g that is called different, in
//! step k, comes after k − 1 others, of which there are m − 1 − g. So m − k ≥ g, and its p is at
//! most 2α / (m · g). It scored below b without being worse, and a valid two-sided p is that small
//! on that side with probability at most α / (m · g). There are g such candidates for b, and m
//! possible b, which gives α in total.
//!
//! For the first step this is Bonferroni's bound for all m(m − 1)/2 pairs; later steps gain up to a
//! factor of m − 1. For m = 2 it is the plain test. No other pair needs to be computed.

use crate::scores::{check_ratio, columns, mean};
use crate::t_test::paired;
use crate::{Direction, Error, holm};

/// Comparisons of all candidates with the best.
#[derive(Clone, Debug, PartialEq)]
pub struct AgainstBest {
    /// Index of the candidate with the best mean, the first of equals.
    pub best: usize,
    /// A comparison for each candidate, in order. The one of the best candidate is with itself.
    pub comparisons: Vec<Comparison>,
}

/// A comparison of a candidate with the best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Mean over the splits of this candidate's score minus that of the best.
    pub difference: f64,
    /// p value of the corrected resampled t-test of the two candidates alone.
    pub p_value: f64,
    /// p value adjusted for all candidates and for having selected the best of them.
    pub adjusted_p_value: f64,
}

impl AgainstBest {
    /// Returns for each candidate whether it is indistinguishable from the best. `error_rate`, such
    /// as 0.05, bounds the probability that any candidate is called worse than the best without
    /// being so. The best itself is always `true`.
    pub fn indistinguishable_from_best(&self, error_rate: f64) -> Vec<bool> {
        let comparisons = self.comparisons.iter().enumerate();
        comparisons
            .map(|(index, one)| index == self.best || one.adjusted_p_value > error_rate)
            .collect()
    }
}

/// Compares each candidate with the one that has the best mean.
///
/// `scores` has a row for each candidate, with a score for each split, which all candidates share.
/// `test_to_train` is the ratio of validation to training samples of a split.
///
/// # Errors
///
/// Returns an error if there are no scores or fewer than 2 splits, if rows differ in length, if a
/// score is not a number or too large, or if the ratio is invalid.
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
    fn only_clearly_worse_candidates_are_marked() {
        let found = against_best(&SCORES, Direction::Maximise, 0.25).unwrap();
        assert_eq!(found.best, 1);
        assert_eq!(
            found.indistinguishable_from_best(0.05),
            [false, true, true, false]
        );
        assert_eq!(found.comparisons[1].difference, 0.0);
        assert_eq!(found.comparisons[1].adjusted_p_value, 1.0);
        let inverted = SCORES.map(|row| row.map(|score| 1.0 - score));
        let losses = against_best(&inverted, Direction::Minimise, 0.25).unwrap();
        assert_eq!(losses.best, 1);
        assert_eq!(
            losses.indistinguishable_from_best(0.05),
            [false, true, true, false]
        );
    }

    #[test]
    fn p_values_are_multiplied_by_the_remaining_candidates_and_half_of_all() {
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
        assert_eq!(found.indistinguishable_from_best(0.05), [true; 3]);
        let alone = against_best(&scores[..1], Direction::Minimise, 1.0).unwrap();
        assert_eq!(alone.indistinguishable_from_best(0.05), [true]);
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        let none: [[f64; 3]; 0] = [];
        let found = against_best(&none, Direction::Maximise, 0.5);
        assert_eq!(found, Err(Error::NoScores));
        let one = against_best(&[[0.9], [0.8]], Direction::Maximise, 0.5);
        assert_eq!(one, Err(Error::TooFewSplits { splits: 1 }));
    }
}
