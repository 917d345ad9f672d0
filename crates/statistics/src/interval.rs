//! Confidence intervals for the mean of resampled scores.

use crate::scores::{check_ratio, columns, mean};
use crate::tail::t_quantile;

/// A mean over resampled scores and its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Mean of the scores.
    pub mean: f64,
    /// Sample standard deviation of the scores, with J − 1 in the denominator.
    pub deviation: f64,
    /// Textbook standard error of the mean, `deviation` / √J, which assumes independent splits.
    pub standard_error: f64,
    /// Standard error corrected for overlapping training sets, `deviation` · √(1/J +
    /// `test_to_train`). The interval is based on it.
    pub corrected_error: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// Returns the mean of J scores over resampled splits (k folds × repeats, or repeated hold-outs),
/// and its t interval with J − 1 degrees of freedom at this `confidence`, such as 0.95.
///
/// The variance of the mean is (1/J + `test_to_train`) · s² (Nadeau and Bengio 2003), where s² is
/// the sample variance of the scores. `test_to_train` is the ratio of validation to training
/// samples of one split; with 0 this is the plain t interval.
///
/// Returns `None` for fewer than 2 scores, scores that are not numbers, an invalid ratio, or a
/// confidence that is not between 0 and 1.
pub fn interval(scores: &[f64], test_to_train: f64, confidence: f64) -> Option<Interval> {
    let count = columns(&[scores]).ok()?;
    check_ratio(test_to_train).ok()?;
    if count < 2 || !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let mean = mean(scores);
    let deviation = deviation(scores, mean);
    let error = error_of_mean(deviation, count, test_to_train);
    let reach = t_quantile(confidence, (count - 1) as f64) * error;
    Some(Interval {
        mean,
        deviation,
        standard_error: error_of_mean(deviation, count, 0.0),
        corrected_error: error,
        low: mean - reach,
        high: mean + reach,
    })
}

/// Returns the sample standard deviation of values with this mean.
pub(crate) fn deviation(values: &[f64], mean: f64) -> f64 {
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}

/// Returns the standard error of a mean over `count` resampled values (Nadeau and Bengio 2003).
pub(crate) fn error_of_mean(deviation: f64, count: usize, test_to_train: f64) -> f64 {
    deviation * (1.0 / count as f64 + test_to_train).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{assert_close, cases, number, numbers};

    #[test]
    fn intervals_are_those_of_scipy() {
        for case in cases("intervals") {
            let scores = numbers(&case["scores"]);
            let ratio = number(&case["test_to_train"]);
            let found = interval(&scores, ratio, number(&case["confidence"])).unwrap();
            let name = &case["name"];
            assert_close(found.mean, &case["mean"], format_args!("{name}: mean"));
            assert_close(
                found.deviation,
                &case["deviation"],
                format_args!("{name}: deviation"),
            );
            let error = &case["standard_error"];
            assert_close(
                found.standard_error,
                error,
                format_args!("{name}: standard error"),
            );
            let error = &case["corrected_error"];
            assert_close(
                found.corrected_error,
                error,
                format_args!("{name}: corrected error"),
            );
            assert_close(found.low, &case["low"], format_args!("{name}: low"));
            assert_close(found.high, &case["high"], format_args!("{name}: high"));
        }
    }

    #[test]
    fn the_correction_widens_the_interval() {
        let scores = [0.91, 0.93, 0.92];
        let plain = interval(&scores, 0.0, 0.95).unwrap();
        let corrected = interval(&scores, 0.5, 0.95).unwrap();
        assert_eq!(plain.corrected_error, plain.standard_error);
        assert_eq!(corrected.standard_error, plain.standard_error);
        // √(1/3 + 1/2) compared with √(1/3).
        let widths = (corrected.high - corrected.low) / (plain.high - plain.low);
        assert!((widths - 2.5_f64.sqrt()).abs() < 1e-12, "{widths}");
    }

    #[test]
    fn extreme_scores_have_finite_intervals() {
        for scale in [1e-300, 1e-90, 1e99] {
            let found = interval(&[scale, 2.0 * scale, 4.0 * scale], 0.5, 0.95).unwrap();
            assert!(
                found.low <= found.mean && found.mean <= found.high,
                "{found:?}"
            );
            assert!(found.high.is_finite() && found.low.is_finite(), "{found:?}");
        }
    }

    #[test]
    fn equal_scores_have_an_interval_of_zero_width() {
        let found = interval(&[0.1; 7], 0.2, 0.95).unwrap();
        assert_eq!((found.low, found.mean, found.high), (0.1, 0.1, 0.1));
        assert_eq!(found.deviation, 0.0);
    }

    #[test]
    fn invalid_arguments_give_no_interval() {
        assert_eq!(interval(&[], 0.0, 0.95), None);
        assert_eq!(interval(&[0.9], 0.0, 0.95), None);
        assert_eq!(interval(&[0.9, f64::NAN], 0.0, 0.95), None);
        assert_eq!(interval(&[0.9, 0.8], -0.1, 0.95), None);
        for confidence in [0.0, 1.0, f64::NAN] {
            assert_eq!(interval(&[0.9, 0.8], 0.0, confidence), None);
        }
    }
}
