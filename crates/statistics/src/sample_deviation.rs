//! The sample standard deviation.

use crate::interval::deviation;

/// Returns the sample standard deviation of values with this mean, with n − 1 in the denominator;
/// `None` for fewer than 2 values.
pub fn sample_deviation(values: &[f64], mean: f64) -> Option<f64> {
    (values.len() > 1).then(|| deviation(values, mean))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_denominator_is_one_less_than_the_number_of_values() {
        assert_eq!(sample_deviation(&[], 0.0), None);
        assert_eq!(sample_deviation(&[3.0], 3.0), None);
        assert_eq!(sample_deviation(&[1.0, 3.0], 2.0), Some(2.0_f64.sqrt()));
    }
}
