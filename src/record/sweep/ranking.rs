//! Where trials stand among each other.

use crate::metrics::EvalMetrics;
use crate::plan::{Plan, RunId};
use crate::record::run::result::RunResult;
use crate::spec::RankBy;
use std::cmp::Ordering;

/// Where a trial stands among others, all of whose runs have finished: the better is the less.
///
/// Tables rank by it, and weights are kept by it: by the mean score over the validation splits, of equal ones by the lower
/// mean loss, then in the order of the plan. Trials without validation come last, in that order.
#[derive(Clone, Copy, Debug)]
pub struct Ranking {
    /// The trial's position in the plan.
    pub trial: usize,
    /// What it is ranked by, the lower the better, and its loss; nothing without validation.
    score: Option<[f64; 2]>,
}

impl Ranking {
    /// The standing of a trial, given the results of its runs; nothing until all have finished.
    pub fn of<'a>(
        plan: &Plan,
        trial: usize,
        rank_by: RankBy,
        result: impl Fn(RunId) -> Option<&'a RunResult>,
    ) -> Option<Self> {
        let mut runs = 0.0_f64;
        let mut validations: Vec<EvalMetrics> = Vec::new();
        for run in plan.runs_of(trial) {
            let result = result(run).filter(|result| result.failure.is_none())?;
            validations.extend(result.validation);
            runs += 1.0;
        }
        let mean = |of: fn(&EvalMetrics) -> f64| sum(validations.iter().map(of)) / runs;
        let loss = mean(|validation| validation.loss);
        let score = match rank_by {
            RankBy::Accuracy => -mean(|validation| validation.accuracy),
            RankBy::Loss => loss,
        };
        let is_validated = validations.len() as f64 == runs;
        Some(Self {
            trial,
            score: is_validated.then_some([score, loss]),
        })
    }

    /// Whether the mean scores of two ranked trials are equal: then they have the same rank, whichever
    /// comes first.
    pub fn ties_with(&self, other: &Self) -> bool {
        let score = |standing: &Self| standing.score.map(|[score, _]| score);
        match (score(self), score(other)) {
            (Some(one), Some(other)) => one.total_cmp(&other).is_eq(),
            _ => false,
        }
    }

    /// Whether the trial takes part in the ranking: its runs have validation scores.
    pub fn is_ranked(&self) -> bool {
        self.score.is_some()
    }
}

/// The compensated sum (Kahan 1965): equal scores in another order tie.
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut error) = (0.0_f64, 0.0);
    for value in values {
        let corrected = value - error;
        let next = sum + corrected;
        error = (next - sum) - corrected;
        sum = next;
    }
    sum
}

impl Ord for Ranking {
    fn cmp(&self, other: &Self) -> Ordering {
        let scores = match (self.score, other.score) {
            (Some([score, loss]), Some([other_score, other_loss])) => score
                .total_cmp(&other_score)
                .then(loss.total_cmp(&other_loss)),
            (own, other) => own.is_none().cmp(&other.is_none()),
        };
        scores.then(self.trial.cmp(&other.trial))
    }
}

impl PartialOrd for Ranking {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranking {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranking {}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(trial: usize, score: Option<[f64; 2]>) -> Ranking {
        Ranking { trial, score }
    }

    #[test]
    fn equal_scores_in_another_order_have_an_equal_sum() {
        let (one, other) = ([0.9, 0.8, 0.7], [0.8, 0.7, 0.9]);
        assert_ne!(one.iter().sum::<f64>(), other.iter().sum::<f64>());
        assert_eq!(sum(one.into_iter()), sum(other.into_iter()));
    }

    #[test]
    fn the_better_comes_first_then_the_lower_loss_then_the_order_of_the_plan() {
        let mut all = [
            standing(0, None),
            standing(1, Some([-0.8, 0.5])),
            standing(2, Some([-0.9, 0.7])),
            standing(3, Some([-0.9, 0.6])),
            standing(4, None),
            standing(5, Some([-0.9, 0.6])),
        ];
        all.sort_unstable();
        let order: Vec<usize> = all.iter().map(|standing| standing.trial).collect();
        assert_eq!(order, [3, 5, 2, 1, 0, 4]);
        assert!(!all[4].is_ranked());
    }

    #[test]
    fn equal_scores_tie_whatever_their_losses() {
        let [one, other] = [0.6, 0.7].map(|loss| standing(0, Some([-0.9, loss])));
        assert!(one.ties_with(&other));
        assert!(!one.ties_with(&standing(1, Some([-0.8, 0.6]))));
        let unranked = standing(2, None);
        assert!(!unranked.ties_with(&unranked));
    }
}
