//! The one-standard-error rule: the cheapest candidate that is about as good as the best.

use crate::Direction;
use crate::pareto::tolerance;

/// A candidate for [`one_standard_error`]. NaN stands for unknown values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Mean score over the splits.
    pub mean: f64,
    /// Standard error of the mean, s/√J; only that of the best candidate matters.
    pub standard_error: f64,
    /// What to minimise among similar scores, such as parameters, seconds or bytes.
    pub cost: f64,
    /// Standard error of the cost; 0 if it is exact.
    pub cost_error: f64,
}

/// The result of the one-standard-error rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// Index of the candidate with the best mean, the first of equals.
    pub best: usize,
    /// Index of the chosen candidate.
    pub chosen: usize,
    /// The mean that a candidate must reach to be chosen.
    pub limit: f64,
}

/// Applies the one-standard-error rule (Breiman, Friedman, Olshen and Stone 1984; Hastie,
/// Tibshirani and Friedman 2009, section 7.10): chooses the cheapest of all candidates whose mean
/// is within one standard error of the best mean. Of equally cheap candidates it chooses the one
/// with the better mean, then the first. A candidate is as cheap as the cheapest if its cost is
/// higher by at most twice the standard error of the difference.
///
/// Returns `None` if no mean is known, if the standard error of the best candidate is unknown, or
/// if the cost of every candidate within the limit is unknown. A candidate with unknown mean or
/// cost is never chosen.
pub fn one_standard_error(candidates: &[Candidate], direction: Direction) -> Option<Choice> {
    let best = direction.best(candidates.iter().map(|candidate| candidate.mean))?;
    let Candidate {
        mean,
        standard_error,
        ..
    } = candidates[best];
    let limit = match direction {
        Direction::Maximise => mean - standard_error,
        Direction::Minimise => mean + standard_error,
    };
    let similar = || {
        let candidates = candidates.iter().enumerate();
        candidates.filter(|(_, candidate)| {
            !candidate.cost.is_nan() && direction.cost(candidate.mean) <= direction.cost(limit)
        })
    };
    let cost = |candidate: &Candidate| Direction::Minimise.cost(candidate.cost);
    // Of equal costs, the one with the lowest error, so that the order does not matter.
    let (_, cheapest) = similar().min_by(|(_, one), (_, other)| {
        let errors = one.cost_error.total_cmp(&other.cost_error);
        cost(one).total_cmp(&cost(other)).then(errors)
    })?;
    let is_cheap = |candidate: &Candidate| {
        let tolerance = tolerance(candidate.cost_error, cheapest.cost_error);
        // Infinite costs are equal.
        candidate.cost <= cheapest.cost + tolerance || candidate.cost == cheapest.cost
    };
    let mean = |candidate: &Candidate| direction.cost(candidate.mean);
    let (chosen, _) = similar()
        .filter(|(_, candidate)| is_cheap(candidate))
        .min_by(|(_, one), (_, other)| mean(one).total_cmp(&mean(other)))?;
    Some(Choice {
        best,
        chosen,
        limit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate((mean, standard_error, cost): (f64, f64, f64)) -> Candidate {
        Candidate {
            mean,
            standard_error,
            cost,
            cost_error: 0.0,
        }
    }

    fn choice(candidates: &[(f64, f64, f64)], direction: Direction) -> Option<(usize, usize)> {
        let candidates: Vec<Candidate> = candidates.iter().copied().map(candidate).collect();
        one_standard_error(&candidates, direction).map(|choice| (choice.best, choice.chosen))
    }

    #[test]
    fn the_cheapest_within_one_standard_error_of_the_best_is_chosen() {
        let accuracies = [
            (0.75, 9.0, 1.0),  // Cheapest, but not good enough; its own error does not count.
            (0.875, 0.0, 3.0), // On the limit.
            (1.0, 0.125, 8.0),
            (0.9375, 0.0, 5.0),
        ];
        assert_eq!(choice(&accuracies, Direction::Maximise), Some((2, 1)));
        let losses = accuracies.map(|(mean, error, cost)| (1.0 - mean, error, cost));
        assert_eq!(choice(&losses, Direction::Minimise), Some((2, 1)));
        let candidates = accuracies.map(candidate);
        let found = one_standard_error(&candidates, Direction::Maximise).unwrap();
        assert_eq!(found.limit, 0.875);
    }

    #[test]
    fn ties_in_cost_are_broken_by_the_mean_then_the_order() {
        let better = [(0.92, 0.0, 1.0), (0.93, 0.0, 1.0), (0.95, 0.05, 2.0)];
        assert_eq!(choice(&better, Direction::Maximise), Some((2, 1)));
        let first = [(0.95, 0.05, 2.0), (0.93, 0.0, 1.0), (0.93, 0.0, 1.0)];
        assert_eq!(choice(&first, Direction::Maximise), Some((0, 1)));
    }

    #[test]
    fn costs_within_the_noise_of_the_cheapest_are_equal() {
        let choose = |cost_error| {
            let candidates = [(0.95, 0.1, 2.0), (0.90, 0.1, 1.00), (0.92, 0.1, 1.02)];
            let candidates = candidates.map(|values| Candidate {
                cost_error,
                ..candidate(values)
            });
            one_standard_error(&candidates, Direction::Maximise).map(|choice| choice.chosen)
        };
        assert_eq!(choose(0.0), Some(1));
        assert_eq!(choose(0.01), Some(2));
        assert_eq!(choose(0.5), Some(0));
    }

    #[test]
    fn candidates_with_unknown_values_are_never_chosen() {
        let unknown = f64::NAN;
        let candidates = [(unknown, 0.1, 1.0), (0.9, 0.1, unknown), (0.85, 0.1, 4.0)];
        assert_eq!(choice(&candidates, Direction::Maximise), Some((1, 2)));
        assert_eq!(choice(&[(0.9, unknown, 1.0)], Direction::Maximise), None);
        assert_eq!(choice(&[(unknown, 0.1, 1.0)], Direction::Maximise), None);
        assert_eq!(choice(&[], Direction::Maximise), None);
    }
}
