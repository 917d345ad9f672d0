//! The order of trials by their validation scores.

use crate::metrics::Score;
use crate::plan::{Plan, RunId};
use crate::record::run::result::RunResult;
use statistics::Direction;
use std::cmp::Ordering;

/// The sort key of a trial whose runs have all finished; the better trial is the lesser.
///
/// Tables and the retention of weights use it. Trials are ordered by their mean score over the validation
/// splits, then by the lower mean loss, then by their position in the plan. Trials without validation
/// come last, in the order of the plan.
#[derive(Clone, Copy, Debug)]
pub struct RankKey {
    /// The position of the trial in the plan.
    pub trial: usize,
    /// The score, negated if higher is better, and the loss; `None` without validation, or if the score is
    /// undefined.
    score_and_loss: Option<[f64; 2]>,
}

impl RankKey {
    /// The sort key of a trial, given the results of its runs; `None` until all have finished.
    pub fn of<'a>(
        plan: &Plan,
        trial: usize,
        rank_by: Score,
        result: impl Fn(RunId) -> Option<&'a RunResult>,
    ) -> Option<Self> {
        let runs = plan.runs_of(trial);
        let finished = runs.map(|run| result(run).filter(|result| result.failure.is_none()));
        let runs: Vec<&RunResult> = finished.collect::<Option<_>>()?;
        let mean = |score: Score| -> Option<f64> {
            let scores = runs.iter().map(|run| run.validation_score(score));
            Some(compensated_mean(&scores.collect::<Option<Vec<f64>>>()?))
        };
        let score = mean(rank_by).map(|mean| match rank_by.direction {
            Direction::Maximise => -mean,
            Direction::Minimise => mean,
        });
        let score_and_loss = score.zip(mean(Score::LOSS));
        Some(Self {
            trial,
            score_and_loss: score_and_loss.map(|(score, loss)| [score, loss]),
        })
    }

    /// Whether two ranked trials have equal mean scores, and therefore the same rank.
    pub fn ties_with(&self, other: &Self) -> bool {
        match (self.score_and_loss, other.score_and_loss) {
            (Some([score, _]), Some([other_score, _])) => score.total_cmp(&other_score).is_eq(),
            _ => false,
        }
    }

    /// Whether the trial is ranked: its runs have validation scores.
    pub fn is_ranked(&self) -> bool {
        self.score_and_loss.is_some()
    }
}

/// The mean of scores, the same in any order.
pub fn compensated_mean(scores: &[f64]) -> f64 {
    compensated_sum(scores.iter().copied()) / scores.len() as f64
}

/// Compensated sum (Kahan 1965), so that equal scores in a different order tie.
fn compensated_sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut error) = (0.0_f64, 0.0);
    for value in values {
        let corrected = value - error;
        let next = sum + corrected;
        error = (next - sum) - corrected;
        sum = next;
    }
    sum
}

impl Ord for RankKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let scores = match (self.score_and_loss, other.score_and_loss) {
            (Some([score, loss]), Some([other_score, other_loss])) => score
                .total_cmp(&other_score)
                .then(loss.total_cmp(&other_loss)),
            (one, other) => one.is_none().cmp(&other.is_none()),
        };
        scores.then(self.trial.cmp(&other.trial))
    }
}

impl PartialOrd for RankKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for RankKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for RankKey {}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank_key(trial: usize, score_and_loss: Option<[f64; 2]>) -> RankKey {
        RankKey {
            trial,
            score_and_loss,
        }
    }

    #[test]
    fn equal_scores_in_a_different_order_have_equal_sums() {
        let (one, other) = ([0.9, 0.8, 0.7], [0.8, 0.7, 0.9]);
        assert_ne!(one.iter().sum::<f64>(), other.iter().sum::<f64>());
        assert_eq!(
            compensated_sum(one.into_iter()),
            compensated_sum(other.into_iter())
        );
    }

    #[test]
    fn the_better_comes_first_then_the_lower_loss_then_the_order_of_the_plan() {
        let mut all = [
            rank_key(0, None),
            rank_key(1, Some([-0.8, 0.5])),
            rank_key(2, Some([-0.9, 0.7])),
            rank_key(3, Some([-0.9, 0.6])),
            rank_key(4, None),
            rank_key(5, Some([-0.9, 0.6])),
        ];
        all.sort_unstable();
        let order: Vec<usize> = all.iter().map(|rank_key| rank_key.trial).collect();
        assert_eq!(order, [3, 5, 2, 1, 0, 4]);
        assert!(!all[4].is_ranked());
    }

    #[test]
    fn equal_scores_tie_whatever_their_losses() {
        let [one, other] = [0.6, 0.7].map(|loss| rank_key(0, Some([-0.9, loss])));
        assert!(one.ties_with(&other));
        assert!(!one.ties_with(&rank_key(1, Some([-0.8, 0.6]))));
        let unranked = rank_key(2, None);
        assert!(!unranked.ties_with(&unranked));
    }
}
