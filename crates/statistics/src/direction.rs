//! The direction of optimisation.

/// Whether high or low values are better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// High values are better, such as accuracies.
    #[default]
    Maximise,
    /// Low values are better, such as losses, seconds or bytes.
    Minimise,
}

impl Direction {
    /// Returns the value as a cost, which is better the lower it is. Both zeros become +0.
    pub fn cost(self, value: f64) -> f64 {
        match self {
            Self::Maximise => 0.0 - value,
            Self::Minimise => 0.0 + value,
        }
    }

    /// Returns the index of the best value, the first of equals, or `None` if there are no numbers.
    pub(crate) fn best(self, values: impl Iterator<Item = f64>) -> Option<usize> {
        let costs = values.map(|value| self.cost(value)).enumerate();
        costs
            .filter(|(_, cost)| !cost.is_nan())
            .min_by(|(_, one), (_, other)| one.total_cmp(other))
            .map(|(index, _)| index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_is_the_first_of_equals_and_never_missing() {
        let values = [f64::NAN, 0.5, -0.0, 0.0, 0.5];
        assert_eq!(Direction::Maximise.best(values.into_iter()), Some(1));
        assert_eq!(Direction::Minimise.best(values.into_iter()), Some(2));
        assert_eq!(Direction::Minimise.best([0.0, -0.0].into_iter()), Some(0));
        assert_eq!(Direction::Maximise.best([f64::NAN].into_iter()), None);
    }
}
