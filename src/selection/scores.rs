//! How the scores of a metric are compared.

/// Whether the scores can be compared: infinite losses, for instance, cannot.
pub(crate) fn are_comparable(scores: &[f64]) -> bool {
    let is_comparable = |score: &f64| score.abs() <= statistics::MAX_SCORE;
    scores.iter().all(is_comparable)
}
