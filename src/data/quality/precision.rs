//! Whether 32 bits, in which networks compute, hold what tells the values of a feature apart.

/// The furthest that rounding to 32 bits may move a value, in standard deviations of its feature.
const MOST_ROUNDING: f64 = 1e-3;

/// How far the values of a feature lie apart, and how far 32 bits move them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spread {
    count: f64,
    /// The first value, from which the others are counted: differences are exact where values are not.
    first: (i128, f64),
    mean: f64,
    squares: f64,
    /// The furthest that a value is moved, that value, and what it becomes.
    moved: (f64, String, f64),
    /// Differences up to this are the rounding of 64 bits.
    noise: f64,
}

impl Spread {
    /// Adds a float.
    pub(crate) fn add_float(&mut self, value: f64) {
        if self.count == 0.0 {
            self.first.1 = value;
        }
        let narrow = value as f32;
        let rounding = (value - f64::from(narrow)).abs();
        self.add(value - self.first.1, rounding, value, narrow);
        self.noise = self.noise.max(value.abs() * 8.0 * f64::EPSILON);
    }

    /// Adds a whole number: 64-bit floats too would round it.
    pub(crate) fn add_whole(&mut self, value: i128) {
        if self.count == 0.0 {
            self.first.0 = value;
        }
        let narrow = value as f32;
        let rounding = (value - narrow as i128).abs();
        self.add(
            value.saturating_sub(self.first.0) as f64,
            rounding as f64,
            value,
            narrow,
        );
    }

    /// Adds a value that lies so far from the first and is moved so far. The variance is Welford's
    /// (1962): one pass, and no digits lost.
    fn add(&mut self, from_first: f64, rounding: f64, value: impl ToString, narrow: f32) {
        self.count += 1.0;
        let before = from_first - self.mean;
        self.mean += before / self.count;
        self.squares += before * (from_first - self.mean);
        if rounding > self.moved.0 {
            self.moved = (rounding, value.to_string(), narrow.into());
        }
    }

    /// Why the feature cannot be used, where 32 bits lose what tells its values apart.
    pub(crate) fn lost(&self) -> Option<String> {
        let deviation = (self.squares / self.count.max(1.0)).sqrt();
        let (rounding, value, narrow) = &self.moved;
        // Values that are no finite numbers are refused elsewhere.
        let is_lost =
            rounding.is_finite() && deviation > self.noise && *rounding > MOST_ROUNDING * deviation;
        is_lost.then(|| {
            format!(
                "its values lie too close together for their size: networks compute in 32 bits, \
                 where {value} becomes {narrow}, and the standard deviation is {deviation:.3}; \
                 subtract an offset first, such as the smallest value"
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
            spread.lost()
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
        // A year of seconds, identical values, numbers that 32 bits have, and noise of 64 bits.
        assert_eq!(whole(&[1_700_000_003, 1_731_536_003]), None);
        assert_eq!(whole(&[1_700_000_003; 5]), None);
        assert_eq!(whole(&[16_777_216, 16_777_218]), None);
        assert_eq!(floats(&[0.1, 0.2, 1e12]), None);
        assert_eq!(floats(&[0.1 + 0.2, 0.3, 0.3]), None);
        assert_eq!(floats(&[]), None);
        assert_eq!(floats(&[1.0, 1e60]), None);
    }
}
