//! p values of comparisons with a candidate that was selected because it scored best.
//!
//! Of m equal candidates, the best one was lucky: its mean is above its expectation, and the others
//! look worse than they are. Its luck can be computed. If all candidates are equally good, and e is
//! the error of a mean, then the best candidate b is selected with the error u with a density
//! proportional to
//!
//! > f(u) = density of its error at u · ∏ P(eᵢ < u), over all other candidates i.
//!
//! The p value of candidate i, whose mean is x below that of the best, is the probability of at
//! least this distance, given that b was selected:
//!
//! > pᵢ = ∫ f(u) · P(eᵢ < u − x) / P(eᵢ < u) du / ∫ f(u) du.
//!
//! A rule that errs with a probability of at most α for each candidate that may be selected errs
//! with at most α in total. Candidates that are clearly worse could not have been selected.
//! Therefore the luck is computed again after each step of Holm's method, from those that remain.

use crate::moderation::normal_tail::{NormalTails, STEP};
use crate::moderation::scale_mixture::ScaleMixture;

/// Range of the errors of the best candidate over which is integrated: from this part of its
/// smallest standard deviation to this multiple of the largest.
const RANGE: (f64, f64) = (0.001, 12.0);
/// Nodes of an integral with smaller weights are left out.
const NEGLIGIBLE: f64 = 1e-12;
/// Part of the remaining candidates that are decided in each step.
const STEPS: usize = 64;
/// Candidates whose adjusted p value is smaller are decided in one step: of thousands of candidates,
/// most are clearly worse. Their luck is computed with more candidates than remain, so that their p
/// values are not too small.
const CLEARLY_WORSE: f64 = 1e-4;

/// The p value of a comparison with the best candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SelectedPValue {
    /// Given that the best was selected among all that were not found worse before.
    pub(crate) single: f64,
    /// With Holm's correction for the number of candidates.
    pub(crate) adjusted: f64,
}

/// Compares each candidate with the best one. `distances` are those of the means from the best
/// mean, which are not negative, and `errors` those of the means.
pub(crate) fn compare_with_selected(
    best: usize,
    distances: &[f64],
    errors: &[ScaleMixture],
    tails: &NormalTails,
) -> Vec<SelectedPValue> {
    let mut luck = Luck::new(best, errors, tails);
    let certain = SelectedPValue {
        single: 1.0,
        adjusted: 1.0,
    };
    let mut results = vec![certain; errors.len()];
    let mut remaining: Vec<usize> = (0..errors.len()).filter(|&index| index != best).collect();
    let mut largest = 0.0_f64;
    while !remaining.is_empty() && largest < 1.0 {
        let nodes = luck.nodes();
        let mut p_values: Vec<(f64, usize)> = remaining
            .iter()
            .map(|&index| (luck.p_value(index, distances[index], &nodes), index))
            .collect();
        for &(p, index) in &p_values {
            results[index].single = p;
        }
        p_values.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let is_clear = |&(p, _): &(f64, usize)| p * (remaining.len() as f64) < CLEARLY_WORSE;
        let clear = p_values.partition_point(is_clear);
        let decided = remaining.len().div_ceil(STEPS).max(clear);
        for (rank, &(p, index)) in p_values.iter().take(decided).enumerate() {
            largest = largest.max((p * (remaining.len() - rank) as f64).min(1.0));
            results[index].adjusted = largest;
            luck.exclude(index);
        }
        remaining = p_values[decided..]
            .iter()
            .map(|&(_, index)| index)
            .collect();
    }
    results
}

/// The distribution of the error of the best candidate, given that it was selected.
struct Luck<'a> {
    errors: &'a [ScaleMixture],
    tails: &'a NormalTails,
    /// Errors of the best candidate, at equal distances of their logarithms.
    values: Vec<f64>,
    /// Logarithm of the density of each error, up to a constant: times its magnitude, since the
    /// integral is over the logarithm.
    log_density: Vec<f64>,
}

/// An error of the best candidate with its probability.
struct Node {
    value: f64,
    weight: f64,
}

impl<'a> Luck<'a> {
    fn new(best: usize, errors: &'a [ScaleMixture], tails: &'a NormalTails) -> Self {
        let scales = || errors[best].scales().map(|(scale, _)| scale);
        let smallest = RANGE.0 * scales().fold(f64::INFINITY, f64::min);
        let largest = RANGE.1 * scales().fold(0.0, f64::max);
        let steps = ((largest / smallest).ln() / STEP).ceil() as i32;
        let magnitude = |step: i32| smallest * (f64::from(step) * STEP).exp();
        let negative = (0..=steps).rev().map(|step| -magnitude(step));
        let values: Vec<f64> = negative.chain((0..=steps).map(magnitude)).collect();
        let log_density = values
            .iter()
            .map(|&value| logarithm(errors[best].density(value) * value.abs()))
            .collect();
        let mut luck = Self {
            errors,
            tails,
            values,
            log_density,
        };
        for other in (0..errors.len()).filter(|&other| other != best) {
            luck.add(other, 1.0);
        }
        luck
    }

    /// Adds a candidate to those among which the best was selected, or removes it.
    fn add(&mut self, candidate: usize, sign: f64) {
        for (log, &value) in self.log_density.iter_mut().zip(&self.values) {
            let below = self.errors[candidate].tail(-value, self.tails);
            *log += sign * logarithm(below);
        }
    }

    /// Takes out a candidate that is worse than the best, so that it could not have been selected.
    fn exclude(&mut self, candidate: usize) {
        self.add(candidate, -1.0);
    }

    fn nodes(&self) -> Vec<Node> {
        let largest = self.log_density.iter().copied().fold(f64::MIN, f64::max);
        let weight = |log: &f64| (log - largest).exp();
        let sum: f64 = self.log_density.iter().map(weight).sum();
        let nodes = self.values.iter().zip(&self.log_density);
        nodes
            .map(|(&value, log)| Node {
                value,
                weight: weight(log) / sum,
            })
            .filter(|node| node.weight > NEGLIGIBLE)
            .collect()
    }

    /// Returns the probability that the candidate is at least `distance` below the best, given that
    /// it is below.
    fn p_value(&self, candidate: usize, distance: f64, nodes: &[Node]) -> f64 {
        let error = &self.errors[candidate];
        let at = |node: &Node| {
            let far_below = error.tail(distance - node.value, self.tails);
            let below = error.tail(-node.value, self.tails).max(f64::MIN_POSITIVE);
            node.weight * (far_below / below).min(1.0)
        };
        nodes.iter().map(at).sum::<f64>().min(1.0)
    }
}

/// The logarithm of a probability, which is finite.
fn logarithm(probability: f64) -> f64 {
    probability.max(f64::MIN_POSITIVE).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal() -> ScaleMixture {
        ScaleMixture::new(0.0, vec![1.0])
    }

    #[test]
    fn for_two_candidates_it_is_the_two_sided_test() {
        let tails = NormalTails::new();
        // The difference of two errors has the standard deviation √2.
        for z in [0.5_f64, 1.0, 2.0, 3.0] {
            let distances = [0.0, z * 2.0_f64.sqrt()];
            let found = compare_with_selected(0, &distances, &[normal(), normal()], &tails);
            let expected = 2.0 * normal().tail(z, &tails);
            let ratio = found[1].single / expected;
            assert!((ratio - 1.0).abs() < 5e-3, "{z}: {ratio}");
            assert_eq!(found[1].single, found[1].adjusted);
            assert_eq!(found[0].adjusted, 1.0);
        }
    }

    #[test]
    fn the_best_of_many_needs_a_larger_distance() {
        let tails = NormalTails::new();
        let p = |count: usize| {
            let mut distances = vec![1.0; count];
            distances[0] = 0.0;
            distances[1] = 4.0;
            let errors = vec![normal(); count];
            compare_with_selected(0, &distances, &errors, &tails)[1].single
        };
        assert!(p(2) < p(5) && p(5) < p(50), "{} {} {}", p(2), p(5), p(50));
        // Among two equal candidates it is the two-sided test; the luck of the best of 50 makes it
        // more than ten times as likely.
        assert!(p(50) > 10.0 * p(2));
    }

    #[test]
    fn candidates_that_are_clearly_worse_do_not_count() {
        let tails = NormalTails::new();
        let mut distances = vec![1000.0; 100];
        distances[0] = 0.0;
        distances[1] = 3.5;
        let found = compare_with_selected(0, &distances, &vec![normal(); 100], &tails);
        let alone = compare_with_selected(0, &distances[..2], &vec![normal(); 2], &tails);
        assert!(found[2].adjusted < 1e-6);
        assert!((found[1].adjusted / alone[1].adjusted - 1.0).abs() < 1e-6);
    }
}
