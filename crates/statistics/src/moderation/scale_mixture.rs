//! Normal errors whose standard deviation is uncertain.

use crate::moderation::normal_tail::{CELLS_PER_STEP, NormalTails, STEP};

/// Smaller probabilities are left out.
const NEGLIGIBLE: f64 = 1e-9;

/// A normal error with mean 0 whose standard deviation is known up to probabilities on a
/// logarithmic grid.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ScaleMixture {
    /// Logarithm of the first standard deviation, in steps of [`STEP`].
    first: f64,
    /// Probabilities of successive standard deviations, with a sum of 1.
    weights: Vec<f64>,
}

impl ScaleMixture {
    /// Creates a mixture from weights, with a positive sum, of successive standard deviations. The
    /// logarithm of the first one is `first` times [`STEP`].
    pub(crate) fn new(first: f64, mut weights: Vec<f64>) -> Self {
        let sum: f64 = weights.iter().sum();
        let is_kept = |weight: &f64| *weight > NEGLIGIBLE * sum;
        let start = weights.iter().position(is_kept).unwrap_or(0);
        let end = weights.iter().rposition(is_kept).unwrap_or(0);
        weights.truncate(end + 1);
        weights.drain(..start);
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        Self {
            first: first + start as f64,
            weights,
        }
    }

    /// Standard deviations, with their probabilities.
    pub(crate) fn scales(&self) -> impl Iterator<Item = (f64, f64)> {
        let scale = |index: usize| (STEP * (self.first + index as f64)).exp();
        let weights = self.weights.iter().enumerate();
        weights.map(move |(index, &weight)| (scale(index), weight))
    }

    /// Returns the typical standard deviation, which unlikely large ones do not dominate: the mean of
    /// the logarithm.
    pub(crate) fn typical(&self) -> f64 {
        let logs = self.scales().map(|(scale, weight)| weight * scale.ln());
        logs.sum::<f64>().exp()
    }

    /// The mixture after more has been observed: `information` times as much, for all scales times
    /// `factor`.
    pub(crate) fn after(&self, information: f64, factor: f64) -> Self {
        let largest = self.weights.iter().copied().fold(0.0, f64::max);
        let weight = |weight: &f64| (weight / largest).powf(information);
        let weights = self.weights.iter().map(weight).collect();
        Self::new(self.first + factor.ln() / STEP, weights)
    }

    /// Returns the mean of the variance.
    pub(crate) fn variance(&self) -> f64 {
        self.scales()
            .map(|(scale, weight)| weight * scale * scale)
            .sum()
    }

    /// Returns the density of the error at `x`.
    pub(crate) fn density(&self, x: f64) -> f64 {
        let normal = |z: f64| (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
        self.scales()
            .map(|(scale, weight)| weight * normal(x / scale) / scale)
            .sum()
    }

    /// Returns the probability that the error exceeds `x`.
    pub(crate) fn tail(&self, x: f64, tails: &NormalTails) -> f64 {
        if x == 0.0 {
            return 0.5;
        }
        let (cell, part) = NormalTails::position(x.abs(), self.first);
        let mut upper = 0.0;
        for (index, &weight) in self.weights.iter().enumerate() {
            upper += weight * tails.at(cell - (CELLS_PER_STEP * index) as i64, part);
        }
        if x < 0.0 { 1.0 - upper } else { upper }
    }

    /// Returns the distance from 0 that the error exceeds in either direction with the probability
    /// 1 − `confidence`.
    pub(crate) fn quantile(&self, confidence: f64, tails: &NormalTails) -> f64 {
        let outside = (1.0 - confidence) / 2.0;
        let largest = self.scales().map(|(scale, _)| scale).fold(0.0, f64::max);
        let (mut low, mut high) = (0.0, 40.0 * largest);
        // Until the bounds are neighbouring floats.
        loop {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                return middle;
            }
            if self.tail(middle, tails) > outside {
                low = middle;
            } else {
                high = middle;
            }
        }
    }

    /// Returns the sum (or the difference) of two independent errors. Standard deviations between
    /// two points of the grid are divided between them, linearly in the logarithm.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        let scales: Vec<(f64, f64)> = other.scales().collect();
        let first = self.first.max(other.first);
        let last = |one: &Self| one.first + one.weights.len() as f64;
        // The sum is at most √2 times the larger, which is less than two steps.
        let cells = (last(self).max(last(other)) - first).ceil() as usize + 2;
        let mut weights = vec![0.0; cells];
        for (scale, weight) in self.scales() {
            for (other, other_weight) in &scales {
                let index = scale.hypot(*other).ln() / STEP - first;
                let below = (index.max(0.0) as usize).min(weights.len() - 2);
                let part = (index - below as f64).clamp(0.0, 1.0);
                let product = weight * other_weight;
                weights[below] += product * (1.0 - part);
                weights[below + 1] += product * part;
            }
        }
        Self::new(first, weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tail::t_quantile;

    fn certain(index: i32) -> ScaleMixture {
        ScaleMixture::new(f64::from(index), vec![1.0])
    }

    #[test]
    fn a_certain_scale_is_a_normal_error() {
        let tails = NormalTails::new();
        let error = certain(0);
        assert_eq!(error.variance(), 1.0);
        assert!((error.tail(1.0, &tails) - 0.158_655_25).abs() < 1e-5);
        assert!((error.tail(-1.0, &tails) - 0.841_344_75).abs() < 1e-5);
        assert_eq!(error.tail(0.0, &tails), 0.5);
        assert!((error.quantile(0.95, &tails) - 1.959_964).abs() < 1e-3);
        assert!((error.density(0.5) - 0.352_065_3).abs() < 1e-6);
    }

    #[test]
    fn variances_of_independent_errors_add_up() {
        for (one, other) in [(0, 0), (0, 5), (-3, 7), (40, -2)] {
            let sum = certain(one).plus(&certain(other));
            let expected = certain(one).variance() + certain(other).variance();
            // Dividing between two points of the grid adds at most this.
            let ratio = sum.variance() / expected;
            assert!((1.0..1.016).contains(&ratio), "{one} {other}: {ratio}");
        }
    }

    #[test]
    fn a_scale_known_from_few_values_has_the_tails_of_student() {
        // The posterior of σ with a flat prior of its logarithm, for s = 1 and 4 degrees of
        // freedom.
        let weight = |index: i32| {
            let log = -2.0 * STEP * f64::from(index);
            (2.0 * (log - log.exp())).exp()
        };
        let error = ScaleMixture::new(-20.0, (-20..=40).map(weight).collect());
        let found = error.quantile(0.95, &NormalTails::new());
        assert!(
            (found / t_quantile(0.95, 4.0) - 1.0).abs() < 2e-3,
            "{found}"
        );
    }
}
