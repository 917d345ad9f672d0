//! The one-standard-error rule: the cheapest candidate that is about as good as the best.

use crate::Direction;

/// A candidate for [`one_standard_error`]. NaN stands for unknown values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Mean score over the splits.
    pub mean: f64,
    /// Standard error of the mean, s/√J; only that of the best candidate matters.
    pub standard_error: f64,
    /// What to minimise among similar scores, such as parameters, seconds or bytes.
    pub cost: f64,
}

/// The result of the one-standard-error rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// Index of the candidate with the best mean, the first of equals.
    pub best: usize,
    /// Index of the cheapest candidate within one standard error of the best.
    pub chosen: usize,
    /// The mean that a candidate must reach to be chosen.
    pub limit: f64,
}

/// Applies the one-standard-error rule (Breiman, Friedman, Olshen and Stone 1984; Hastie,
/// Tibshirani and Friedman 2009, section 7.10): chooses the cheapest of all candidates whose mean
/// is within one standard error of the best mean. Of equally cheap candidates it chooses the one
/// with the better mean, then the first.
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
    let rank = |candidate: &Candidate| {
        let cost = Direction::Minimise.cost(candidate.cost);
        (cost, direction.cost(candidate.mean))
    };
    let chosen = candidates
        .iter()
        .map(rank)
        .enumerate()
        .filter(|(_, (cost, mean))| !cost.is_nan() && *mean <= direction.cost(limit))
        .min_by(|(_, one), (_, other)| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)))
        .map(|(index, _)| index)?;
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
    fn candidates_with_unknown_values_are_never_chosen() {
        let unknown = f64::NAN;
        let candidates = [(unknown, 0.1, 1.0), (0.9, 0.1, unknown), (0.85, 0.1, 4.0)];
        assert_eq!(choice(&candidates, Direction::Maximise), Some((1, 2)));
        assert_eq!(choice(&[(0.9, unknown, 1.0)], Direction::Maximise), None);
        assert_eq!(choice(&[(unknown, 0.1, 1.0)], Direction::Maximise), None);
        assert_eq!(choice(&[], Direction::Maximise), None);
    }
}
