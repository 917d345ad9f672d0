//! The trimmed mean, for measurements with a few disturbed values.

/// One in so many values is left out at each end.
const TRIMMED_ONE_IN: usize = 5;

/// A trimmed mean and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrimmedMean {
    /// The mean without the lowest and the highest fifth of the values.
    pub mean: f64,
    /// The standard error of the mean.
    pub standard_error: f64,
}

/// Returns the mean without the lowest and the highest fifth of the values (rounded down to whole
/// values), and its standard error (Yuen 1974): √(S / (h · (h − 1))), where h values are kept, and S
/// is the sum of squared deviations after each value that was left out is replaced by the nearest
/// value that was kept. For fewer than five values, nothing is left out, and this is s/√n.
///
/// Returns `None` for fewer than two values, or if one is not finite.
pub fn trimmed_mean(values: &[f64]) -> Option<TrimmedMean> {
    if values.len() < 2 || !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let trimmed = sorted.len() / TRIMMED_ONE_IN;
    let kept = &sorted[trimmed..sorted.len() - trimmed];
    let count = kept.len() as f64;
    let (low, high) = (kept[0], kept[kept.len() - 1]);
    let winsorised = || sorted.iter().map(|value| value.clamp(low, high));
    let centre = winsorised().sum::<f64>() / sorted.len() as f64;
    let squares: f64 = winsorised().map(|value| (value - centre).powi(2)).sum();
    Some(TrimmedMean {
        mean: kept.iter().sum::<f64>() / count,
        standard_error: (squares / (count * (count - 1.0))).sqrt(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.trim_mean` and the standard error in `scipy.stats.ttest_ind(…, trim=0.2)`.
    #[test]
    fn mean_and_standard_error_are_those_of_scipy() {
        let cases: [(&[f64], f64, f64); 2] = [
            (
                &[1.0, 1.1, 0.9, 1.05, 2.0, 0.95, 1.02, 1.3],
                1.07,
                0.068_747_727_235_160_3,
            ),
            (
                &[3.1, 2.9, 3.0, 3.4, 2.8, 3.05, 3.2, 2.95, 9.0, 3.15],
                3.075,
                0.059_511_903_571_190_41,
            ),
        ];
        for (values, mean, standard_error) in cases {
            let found = trimmed_mean(values).unwrap();
            assert!((found.mean - mean).abs() < 1e-12, "{found:?}");
            assert!(
                (found.standard_error - standard_error).abs() < 1e-12,
                "{found:?}"
            );
        }
    }

    #[test]
    fn few_values_are_all_used() {
        let found = trimmed_mean(&[3.0, 1.0]).unwrap();
        assert_eq!((found.mean, found.standard_error), (2.0, 1.0));
        assert_eq!(trimmed_mean(&[1.0]), None);
        assert_eq!(trimmed_mean(&[1.0, f64::INFINITY]), None);
    }

    #[test]
    fn one_disturbed_value_of_five_changes_little() {
        let calm = trimmed_mean(&[1.0, 1.01, 1.02, 1.03, 1.04]).unwrap();
        let disturbed = trimmed_mean(&[1.0, 1.01, 1.02, 1.03, 50.0]).unwrap();
        assert_eq!(calm, disturbed);
    }
}
