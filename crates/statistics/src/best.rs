//! Which candidates are worse than the best, beyond chance.

use crate::moderation::candidate_errors::CandidateErrors;
use crate::moderation::selection::compare_with_selected;
use crate::scores::{check_ratio, columns, mean};
use crate::t_test::paired;
use crate::{Direction, Error};

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
    /// p value of this comparison alone, given that the best was selected among the candidates that
    /// are not more clearly worse.
    pub p_value: f64,
    /// p value adjusted for the number of comparisons.
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
/// For three candidates or more, the variances of the candidates moderate each other, and p values
/// are given that the best candidate was selected (see `moderation`). Two
/// candidates are compared by the [corrected t-test](crate::corrected_t_test): there is nothing to
/// moderate, and its p value, which is two-sided, accounts for the selection of one of two. If no
/// candidate's scores vary other than by the effects of splits, all p values are 1, as there.
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
    let means: Vec<f64> = scores.iter().map(|row| mean(row.as_ref())).collect();
    let best = direction
        .best(means.iter().copied())
        .ok_or(Error::NoScores)?;
    let differences = || means.iter().map(|mean| mean - means[best]);
    let p_values: Vec<(f64, f64)> = match CandidateErrors::new(scores, test_to_train)? {
        Some(found) => {
            let distances: Vec<f64> = differences()
                .map(|difference| difference.abs() / found.unit)
                .collect();
            let compared = compare_with_selected(best, &distances, &found.errors, &found.tails);
            let p_values = compared.into_iter();
            p_values.map(|p| (p.single, p.adjusted)).collect()
        }
        None if scores.len() == 2 => {
            let p = paired(scores[0].as_ref(), scores[1].as_ref(), test_to_train).p_value;
            vec![(p, p); 2]
        }
        None => vec![(1.0, 1.0); scores.len()],
    };
    let comparison = |(difference, (p_value, adjusted_p_value))| Comparison {
        difference,
        p_value,
        adjusted_p_value,
    };
    let mut comparisons: Vec<Comparison> = differences().zip(p_values).map(comparison).collect();
    comparisons[best].p_value = 1.0;
    comparisons[best].adjusted_p_value = 1.0;
    Ok(AgainstBest { best, comparisons })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corrected_t_test;
    use crate::reference::{assert_close, cases, number, numbers};

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
    fn comparisons_are_those_of_numpy_and_scipy() {
        for case in cases("against_best") {
            let scores: Vec<Vec<f64>> = case["scores"]
                .as_array()
                .unwrap()
                .iter()
                .map(numbers)
                .collect();
            let ratio = number(&case["test_to_train"]);
            let found = against_best(&scores, Direction::Maximise, ratio).unwrap();
            assert_eq!(Some(found.best as u64), case["best"].as_u64());
            for (index, one) in found.comparisons.iter().enumerate() {
                let name = format!("{}, {index}", case["name"]);
                assert_close(one.p_value, &case["p_values"][index], &name);
                assert_close(one.adjusted_p_value, &case["adjusted"][index], &name);
            }
        }
    }

    #[test]
    fn two_candidates_are_a_plain_test() {
        let found = against_best(&SCORES[..2], Direction::Maximise, 0.25).unwrap();
        let test = corrected_t_test(&SCORES[0], &SCORES[1], 0.25).unwrap();
        assert_eq!(found.comparisons[0].p_value, test.p_value);
        assert_eq!(found.comparisons[0].adjusted_p_value, test.p_value);
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
    fn the_scale_of_scores_changes_nothing() {
        let p_values = |scale: f64| -> Vec<f64> {
            let scaled = SCORES.map(|row| row.map(|score| scale * score));
            let found = against_best(&scaled, Direction::Maximise, 0.25).unwrap();
            found.comparisons.iter().map(|one| one.p_value).collect()
        };
        for scale in [1e-60, 100.0, 1e90] {
            for (found, expected) in p_values(scale).iter().zip(p_values(1.0)) {
                assert!((found / expected - 1.0).abs() < 1e-6, "{scale}: {found}");
            }
        }
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
