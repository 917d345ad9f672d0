//! The corrected resampled t-test: whether two candidates differ, given their scores on shared
//! splits.

use crate::Error;
use crate::interval::{deviation, error_of_mean};
use crate::scores::{check_ratio, columns, magnitude, mean, rounding};
use crate::tail::t_two_sided;

/// A corrected resampled t-test of paired scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TTest {
    /// Mean difference, first minus second.
    pub difference: f64,
    /// Standard error of the difference, corrected for overlapping training sets.
    pub standard_error: f64,
    /// J − 1 for J splits.
    pub degrees_of_freedom: usize,
    /// The t statistic: difference / standard error; `None` if the differences do not vary.
    pub statistic: Option<f64>,
    /// Two-sided p value: probability of a difference at least as large if there is none.
    pub p_value: f64,
}

/// Tests whether `first` and `second`, the scores of two candidates on the same J splits, differ in
/// mean (Nadeau and Bengio 2003): t = d̄ / √((1/J + `test_to_train`) · s²) with J − 1 degrees of
/// freedom, where d̄ is the mean and s² the sample variance of the differences.
///
/// If all differences are equal up to rounding, there is no noise to compare them with, and p is 1
/// whether they are 0 or not. The limit of t would be p = 0 for any difference. But scores are
/// often coarse, such as multiples of one sample in a thousand, so a few equal differences can
/// occur by chance, and p = 0 would pass any correction for multiple tests.
///
/// # Errors
///
/// Returns an error if there are fewer than 2 splits, if the numbers of scores differ, if a score
/// is not a number or too large, or if the ratio is invalid.
pub fn corrected_t_test(first: &[f64], second: &[f64], test_to_train: f64) -> Result<TTest, Error> {
    let splits = columns(&[first, second])?;
    check_ratio(test_to_train)?;
    if splits < 2 {
        return Err(Error::TooFewSplits { splits });
    }
    Ok(paired(first, second, test_to_train))
}

/// Performs the test with validated scores.
pub(crate) fn paired(first: &[f64], second: &[f64], test_to_train: f64) -> TTest {
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    let count = differences.len();
    let difference = mean(&differences);
    let noise = rounding(magnitude(first.iter().chain(second)));
    let varies = differences.iter().any(|d| (d - difference).abs() > noise);
    let deviation = if varies {
        deviation(&differences, difference)
    } else {
        0.0
    };
    let standard_error = error_of_mean(deviation, count, test_to_train);
    let statistic = varies.then(|| difference / standard_error);
    TTest {
        difference,
        standard_error,
        degrees_of_freedom: count - 1,
        statistic,
        p_value: statistic.map_or(1.0, |t| t_two_sided(t, (count - 1) as f64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{assert_close, cases, number, numbers};

    #[test]
    fn tests_are_those_of_scipy() {
        for case in cases("t_tests") {
            let (first, second) = (numbers(&case["first"]), numbers(&case["second"]));
            let ratio = number(&case["test_to_train"]);
            let found = corrected_t_test(&first, &second, ratio).unwrap();
            let name = &case["name"];
            assert_close(
                found.difference,
                &case["difference"],
                format_args!("{name}: difference"),
            );
            let error = &case["standard_error"];
            assert_close(
                found.standard_error,
                error,
                format_args!("{name}: standard error"),
            );
            let statistic = found.statistic.unwrap();
            assert_close(
                statistic,
                &case["statistic"],
                format_args!("{name}: statistic"),
            );
            assert_close(found.p_value, &case["p_value"], format_args!("{name}: p"));
            let mirrored = corrected_t_test(&second, &first, ratio).unwrap();
            assert_eq!(mirrored.p_value, found.p_value, "{name}");
        }
    }

    #[test]
    fn constant_differences_have_p_value_1() {
        let scores = [0.91, 0.93, 0.05];
        let same = corrected_t_test(&scores, &scores, 0.5).unwrap();
        assert_eq!(
            (same.p_value, same.statistic, same.difference),
            (1.0, None, 0.0)
        );
        // Equal as decimals; as floats they differ in the last places.
        let lower = [0.90, 0.92, 0.04];
        let differences: Vec<f64> = scores.iter().zip(lower).map(|(a, b)| a - b).collect();
        assert_ne!(differences[0], differences[2]);
        let shifted = corrected_t_test(&scores, &lower, 0.5).unwrap();
        assert_eq!((shifted.p_value, shifted.statistic), (1.0, None));
        assert!((shifted.difference - 0.01).abs() < 1e-15);
        // The smallest noise above rounding errors is detected.
        let noisy = corrected_t_test(&scores, &[0.90, 0.92, 0.040_000_1], 0.5).unwrap();
        assert!(noisy.p_value < 1e-4, "{noisy:?}");
    }

    #[test]
    fn the_scale_of_scores_changes_nothing_until_they_vanish() {
        let p_value = |scale: f64| {
            let (first, second) = ([9.0, 7.0, 8.0], [7.0, 6.0, 8.0]);
            let scaled = |scores: [f64; 3]| scores.map(|score| scale * score);
            corrected_t_test(&scaled(first), &scaled(second), 0.5)
                .unwrap()
                .p_value
        };
        for scale in [1e-90, 1e99] {
            assert!((p_value(scale) - p_value(1.0)).abs() < 1e-12, "{scale}");
        }
        assert_eq!(p_value(1e-200), 1.0);
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        let one = corrected_t_test(&[0.9], &[0.8], 0.5);
        assert_eq!(one, Err(Error::TooFewSplits { splits: 1 }));
        let ratio = corrected_t_test(&[0.9, 0.8], &[0.8, 0.9], -1.0);
        assert_eq!(ratio, Err(Error::BadRatio { ratio: -1.0 }));
        assert!(corrected_t_test(&[0.9, 0.8], &[0.8], 0.5).is_err());
    }
}
