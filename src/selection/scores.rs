//! How the scores of a metric are compared.

use crate::spec::RankBy;
use statistics::Direction;

/// The direction in which scores improve.
pub(crate) fn direction(rank_by: RankBy) -> Direction {
    match rank_by {
        RankBy::Accuracy => Direction::Maximise,
        RankBy::Loss => Direction::Minimise,
    }
}

/// Whether the scores can be compared: infinite losses, for instance, cannot.
pub(crate) fn are_comparable(scores: &[f64]) -> bool {
    let is_comparable = |score: &f64| score.abs() <= statistics::MAX_SCORE;
    scores.iter().all(is_comparable)
}
