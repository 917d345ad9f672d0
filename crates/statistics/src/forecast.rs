//! What more splits would show about candidates that are not distinguishable from the best.

use crate::tail::t_quantile;
use crate::{Direction, Error, against_best, corrected_t_test};

/// What more repeats would show about the candidates that are not distinguishable from the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Ties that enough repeats would be expected to distinguish from the best.
    pub separable: usize,
    /// Splits in total, including those that exist, at which half of the separable ties (rounded
    /// up) are expected to be distinguished; `None` if `separable` is 0.
    pub splits: Option<usize>,
}

/// With more splits, no other candidate is expected to be distinguished.
const MAX_SPLITS: usize = 10_000;

/// Forecasts the corrected t-tests of the ties with the best, if means and deviations stay as they
/// are. The arguments are those of [`against_best`]; `error_rate` is that of
/// [`AgainstBest::indistinguishable_from_best`](crate::AgainstBest::indistinguishable_from_best).
///
/// # Errors
///
/// Returns the errors of [`against_best`].
pub fn forecast(
    scores: &[impl AsRef<[f64]>],
    direction: Direction,
    test_to_train: f64,
    error_rate: f64,
) -> Result<Forecast, Error> {
    let found = against_best(scores, direction, test_to_train)?;
    let ties = found.indistinguishable_from_best(error_rate);
    let best = scores[found.best].as_ref();
    let existing = best.len();
    let confidence = 1.0 - error_rate / scores.len() as f64;
    let mut thresholds = Vec::new();
    let mut splits = existing + 1;
    while splits <= MAX_SPLITS {
        let error = (1.0 / splits as f64 + test_to_train).sqrt();
        thresholds.push((splits, error * t_quantile(confidence, (splits - 1) as f64)));
        splits = (splits + 1).max(splits * 11 / 10);
    }
    let mut needed = Vec::new();
    for (index, row) in scores.iter().enumerate() {
        if index == found.best || !ties[index] {
            continue;
        }
        let test = corrected_t_test(row.as_ref(), best, test_to_train)?;
        let deviation = test.standard_error / (1.0 / existing as f64 + test_to_train).sqrt();
        let is_enough = |&&(_, threshold): &&(usize, f64)| {
            deviation > 0.0 && test.difference.abs() / deviation >= threshold
        };
        needed.extend(thresholds.iter().find(is_enough).map(|(splits, _)| *splits));
    }
    needed.sort_unstable();
    let half = needed.len().div_ceil(2);
    Ok(Forecast {
        separable: needed.len(),
        splits: half.checked_sub(1).map(|last| needed[last]),
    })
}
