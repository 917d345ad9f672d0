//! Checks that every function with a table of scores makes first.

use crate::Error;

/// Squares of larger scores could be infinite.
const LARGEST: f64 = 1e100;
/// Squares of differences between smaller scores could vanish.
const SMALLEST: f64 = 1e-130;

/// The number of columns of a table of scores, of which every row has as many.
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
            .position(|score| score.is_nan() || score.abs() > LARGEST)
        {
            return Err(Error::BadScore { row, column });
        }
    }
    Ok(expected)
}

/// Refuses a ratio of test to training samples that is none.
pub(crate) fn check_ratio(test_to_train: f64) -> Result<(), Error> {
    if (0.0..=1e6).contains(&test_to_train) {
        Ok(())
    } else {
        Err(Error::BadRatio {
            ratio: test_to_train,
        })
    }
}

/// The mean, exact where all values are equal: sums run over differences from the first value. NaN
/// without values.
pub(crate) fn mean(values: &[f64]) -> f64 {
    let first = values.first().copied().unwrap_or(f64::NAN);
    let differences: f64 = values.iter().map(|value| value - first).sum();
    first + differences / values.len() as f64
}

/// The largest absolute value.
pub(crate) fn magnitude<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values
        .into_iter()
        .fold(0.0, |most, value| most.max(value.abs()))
}

/// How far numbers that were computed from scores of this magnitude may be off by rounding alone: a
/// score and a difference of two are each off by one unit in the last place at most.
pub(crate) fn rounding(magnitude: f64) -> f64 {
    4.0 * f64::EPSILON * magnitude.max(SMALLEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_with_a_hole_is_refused_at_its_place() {
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
