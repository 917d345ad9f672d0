//! Validation of score tables, and arithmetic that is safe from rounding.

use crate::Error;

/// The largest magnitude of a score. Squares of larger ones could overflow.
pub const MAX_SCORE: f64 = 1e100;
/// Squares of differences between smaller scores could underflow.
const MIN_MAGNITUDE: f64 = 1e-130;

/// Returns the number of columns of a score table, in which all rows must have the same length.
pub(crate) fn columns(rows: &[impl AsRef<[f64]>]) -> Result<usize, Error> {
    let expected = rows.first().map_or(0, |row| row.as_ref().len());
    if expected == 0 {
        return Err(Error::NoScores);
    }
    for (row, scores) in rows.iter().enumerate() {
        let scores = scores.as_ref();
        if scores.len() != expected {
            return Err(Error::UnevenRows {
                row,
                expected,
                found: scores.len(),
            });
        }
        if let Some(column) = scores
            .iter()
            .position(|score| score.is_nan() || score.abs() > MAX_SCORE)
        {
            return Err(Error::BadScore { row, column });
        }
    }
    Ok(expected)
}

/// Validates a ratio of test to training samples.
pub(crate) fn check_ratio(test_to_train: f64) -> Result<(), Error> {
    if (0.0..=1e6).contains(&test_to_train) {
        Ok(())
    } else {
        Err(Error::BadRatio {
            ratio: test_to_train,
        })
    }
}

/// Returns the mean, which is exact if all values are equal because sums run over differences from
/// the first value. Without values it is NaN.
pub(crate) fn mean(values: &[f64]) -> f64 {
    let first = values.first().copied().unwrap_or(f64::NAN);
    let differences: f64 = values.iter().map(|value| value - first).sum();
    first + differences / values.len() as f64
}

/// Returns the largest absolute value.
pub(crate) fn magnitude<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values
        .into_iter()
        .fold(0.0, |most, value| most.max(value.abs()))
}

/// Returns the maximum rounding error of numbers computed from scores of this magnitude: a score
/// and a difference of two scores are each off by at most one unit in the last place.
pub(crate) fn rounding(magnitude: f64) -> f64 {
    4.0 * f64::EPSILON * magnitude.max(MIN_MAGNITUDE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_tables_are_rejected_with_their_position() {
        assert_eq!(columns(&[[0.1, 0.2], [0.3, 0.4]]), Ok(2));
        assert_eq!(columns(&[] as &[[f64; 2]]), Err(Error::NoScores));
        assert_eq!(columns(&[[], []] as &[[f64; 0]]), Err(Error::NoScores));
        let uneven = columns(&[vec![0.1, 0.2], vec![0.3]]);
        let expected = Error::UnevenRows {
            row: 1,
            expected: 2,
            found: 1,
        };
        assert_eq!(uneven, Err(expected));
        for bad in [f64::NAN, f64::NEG_INFINITY, 1e200] {
            let found = columns(&[[0.1, 0.2], [0.3, bad]]);
            assert_eq!(found, Err(Error::BadScore { row: 1, column: 1 }));
        }
    }

    #[test]
    fn the_mean_of_equal_values_is_that_value() {
        assert_eq!(mean(&[0.1; 100_000]), 0.1);
        assert_eq!(mean(&[1.0, 2.0, 6.0]), 3.0);
        assert!(mean(&[]).is_nan());
    }
}
