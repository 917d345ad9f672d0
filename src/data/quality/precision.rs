//! Whether 32-bit floats, in which networks compute, can distinguish the values of a feature.

/// The maximum rounding error of a value in 32 bits, in standard deviations of its feature.
const MAX_ROUNDING_DEVIATIONS: f64 = 1e-3;

/// The standard deviation of a feature, and the rounding error of its values in 32 bits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spread {
    count: f64,
    /// The first value (whole, float), which is subtracted from the others: differences are exact even if values are not.
    first: (i128, f64),
    mean: f64,
    sum_of_squares: f64,
    /// The largest rounding error, its value, and the rounded value.
    max_rounding: (f64, String, f64),
    /// The rounding error of 64-bit floats.
    noise: f64,
}

impl Spread {
    /// Adds a float.
    pub(crate) fn add_float(&mut self, value: f64) {
        if self.count == 0.0 {
            self.first.1 = value;
        }
        let rounded = value as f32;
        let rounding = (value - f64::from(rounded)).abs();
        self.add(value - self.first.1, rounding, value, rounded);
        self.noise = self.noise.max(value.abs() * 8.0 * f64::EPSILON);
    }

    /// Adds a whole number, which a 64-bit float may round.
    pub(crate) fn add_whole(&mut self, value: i128) {
        if self.count == 0.0 {
            self.first.0 = value;
        }
        let rounded = value as f32;
        let rounding = (value - rounded as i128).abs();
        self.add(
            value.saturating_sub(self.first.0) as f64,
            rounding as f64,
            value,
            rounded,
        );
    }

    /// Adds a value by its distance from the first and its rounding error. The variance is computed by Welford's method
    /// (1962), in one pass and without loss of digits.
    fn add(&mut self, from_first: f64, rounding: f64, value: impl ToString, rounded: f32) {
        self.count += 1.0;
        let before = from_first - self.mean;
        self.mean += before / self.count;
        self.sum_of_squares += before * (from_first - self.mean);
        if rounding > self.max_rounding.0 {
            self.max_rounding = (rounding, value.to_string(), rounded.into());
        }
    }

    /// Why the feature cannot be used; `None` if 32-bit floats distinguish its values.
    pub(crate) fn precision_loss(&self) -> Option<String> {
        let deviation = (self.sum_of_squares / self.count.max(1.0)).sqrt();
        let (rounding, value, rounded) = &self.max_rounding;
        // Values that are not finite are refused elsewhere.
        let is_lost = rounding.is_finite()
            && deviation > self.noise
            && *rounding > MAX_ROUNDING_DEVIATIONS * deviation;
        is_lost.then(|| {
            format!(
                "32-bit floats cannot distinguish its values: {value} becomes {rounded}, and the standard \
                 deviation is {deviation:.3}; subtract an offset first, such as the smallest value"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_32_bits_cannot_tell_apart_is_lost() {
        let lost = |add: &dyn Fn(&mut Spread)| {
            let mut spread = Spread::default();
            add(&mut spread);
            spread.precision_loss()
        };
        let whole = |values: &[i128]| lost(&|s| values.iter().for_each(|&v| s.add_whole(v)));
        let floats = |values: &[f64]| lost(&|s| values.iter().for_each(|&v| s.add_float(v)));
        assert!(
            whole(&[1_700_000_003, 1_700_000_040])
                .unwrap()
                .contains("1700000040 becomes")
        );
        assert!(whole(&[1 << 60, (1 << 60) + 1]).is_some());
        assert!(whole(&[16_777_216, 16_777_217]).is_some());
        assert!(floats(&[48.858_370_1, 48.858_370_9]).is_some());
        assert!(floats(&[1e9, 1e9 + 0.5]).is_some());
        // A year in seconds, identical values, numbers that 32 bits represent exactly, and rounding errors of 64 bits.
        assert_eq!(whole(&[1_700_000_003, 1_731_536_003]), None);
        assert_eq!(whole(&[1_700_000_003; 5]), None);
        assert_eq!(whole(&[16_777_216, 16_777_218]), None);
        assert_eq!(floats(&[0.1, 0.2, 1e12]), None);
        assert_eq!(floats(&[0.1 + 0.2, 0.3, 0.3]), None);
        assert_eq!(floats(&[]), None);
        assert_eq!(floats(&[1.0, 1e60]), None);
    }
}
