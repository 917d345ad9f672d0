//! Pareto fronts of exact and of measured values.

use crate::{Direction, Error};
use std::cmp::Ordering;

/// Two measured values count as different if they are more than this number of standard errors of
/// their difference apart.
const DISTINGUISHABLE: f64 = 2.0;

/// A value of an objective with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The value; NaN if it is unknown.
    pub value: f64,
    /// The standard error of the value; 0 if it is exact.
    pub standard_error: f64,
}

impl Measured {
    /// Whether two values count as different: if they differ by more than twice the standard error of
    /// their difference.
    pub fn differs_from(self, other: Self) -> bool {
        let difference = (self.value - other.value).abs();
        difference > tolerance(self.standard_error, other.standard_error)
    }
}

impl From<f64> for Measured {
    /// An exact value.
    fn from(value: f64) -> Self {
        Self {
            value,
            standard_error: 0.0,
        }
    }
}

/// The largest difference of two values with these standard errors that does not count: twice the
/// standard error of the difference.
pub(crate) fn tolerance(one: f64, other: f64) -> f64 {
    DISTINGUISHABLE * one.hypot(other)
}

/// Returns the indices of the points on the Pareto front, in ascending order: the points that no
/// other point beats. A point beats another if it is worse in no objective and better in at least
/// one. Measured values are better or worse only if they differ by more than twice the standard
/// error of their difference; of exact values, any difference counts. Of equal points, all are on
/// the front. A point with a NaN is never on the front and beats none.
///
/// With standard errors, beating is not transitive. Every point is compared with every other, also
/// with those that are beaten themselves, so the front does not depend on the order of the points.
///
/// # Errors
///
/// Returns an error if a point does not have a value for each objective.
pub fn pareto_front<V: Copy + Into<Measured>>(
    objectives: &[Direction],
    points: &[impl AsRef<[V]>],
) -> Result<Vec<usize>, Error> {
    let mut candidates = Vec::with_capacity(points.len());
    for (point, values) in points.iter().enumerate() {
        let values = values.as_ref();
        if values.len() != objectives.len() {
            return Err(Error::Objectives {
                point,
                expected: objectives.len(),
                found: values.len(),
            });
        }
        let candidate = Candidate::new(objectives, values, point);
        let numbers = candidate.costs.iter().chain(&candidate.errors);
        if !numbers.copied().any(f64::is_nan) {
            candidates.push(candidate);
        }
    }
    candidates.sort_by(Candidate::compare);
    let classes: Vec<Class> = candidates
        .chunk_by(|one, other| compare(&one.errors, &other.errors).is_eq())
        .map(Class::new)
        .collect();
    // Those with the best first objective come first: they beat most others, so that few comparisons are
    // necessary.
    let mut by_cost: Vec<usize> = (0..classes.len()).collect();
    let first_cost = |class: usize| classes[class].best_costs.first().copied().unwrap_or(0.0);
    by_cost.sort_by(|&one, &other| first_cost(one).total_cmp(&first_cost(other)));
    let mut indices = Vec::new();
    let mut tolerances = vec![0.0; objectives.len()];
    for (position, class) in classes.iter().enumerate() {
        let mut unbeaten = class.candidates();
        for &other_position in &by_cost {
            if unbeaten.is_empty() {
                break;
            }
            let other = &classes[other_position];
            // The best of exact values do not beat each other.
            if other_position == position && class.is_exact {
                continue;
            }
            for (tolerance_of, (one, other)) in tolerances
                .iter_mut()
                .zip(class.errors.iter().zip(other.errors))
            {
                *tolerance_of = tolerance(*one, *other);
            }
            unbeaten.retain(|candidate| !other.beats(&candidate.costs, &tolerances));
        }
        indices.extend(unbeaten.iter().map(|candidate| candidate.point));
    }
    indices.sort_unstable();
    Ok(indices)
}

/// A point without NaN.
struct Candidate {
    /// The values as costs.
    costs: Vec<f64>,
    /// Their standard errors.
    errors: Vec<f64>,
    /// The index of the point.
    point: usize,
}

impl Candidate {
    fn new<V: Copy + Into<Measured>>(objectives: &[Direction], values: &[V], point: usize) -> Self {
        let values = || values.iter().map(|&value| -> Measured { value.into() });
        let costs = objectives.iter().zip(values());
        Self {
            costs: costs
                .map(|(objective, measured)| objective.cost(measured.value))
                .collect(),
            // -0 becomes +0.
            errors: values()
                .map(|measured| measured.standard_error.abs())
                .collect(),
            point,
        }
    }

    /// By standard errors, then by costs, both in lexicographic order.
    fn compare(&self, other: &Self) -> Ordering {
        compare(&self.errors, &other.errors).then_with(|| compare(&self.costs, &other.costs))
    }
}

/// Lexicographic order.
fn compare(one: &[f64], other: &[f64]) -> Ordering {
    let orders = one.iter().zip(other).map(|(a, b)| a.total_cmp(b));
    orders.fold(Ordering::Equal, Ordering::then)
}

/// Points with equal standard errors.
struct Class<'a> {
    errors: &'a [f64],
    /// Whether all standard errors are 0.
    is_exact: bool,
    all: &'a [Candidate],
    /// The points that are best if differences of any size count.
    best: Vec<&'a Candidate>,
    /// The distinct costs of `best`. If any point of the class beats a point, one of these does.
    /// Contiguous, because a front of 10,000 points is read 10,000 times.
    best_costs: Vec<f64>,
}

impl<'a> Class<'a> {
    /// The class of these points, which are in lexicographic order of their costs.
    fn new(all: &'a [Candidate]) -> Self {
        let errors = &all[0].errors;
        let (mut best, mut best_costs): (Vec<&Candidate>, Vec<f64>) = (Vec::new(), Vec::new());
        // Only an earlier point can dominate a later one, and then one of the best does too.
        for candidate in all {
            let costs = &candidate.costs;
            let is_repeated = best.last().is_some_and(|last| last.costs == *costs);
            let dominates =
                |other: &[f64]| other.iter().zip(costs).all(|(a, b)| a <= b) && other != costs;
            if is_repeated || !points(&best_costs, costs.len()).any(dominates) {
                best.push(candidate);
                if !is_repeated {
                    best_costs.extend(costs);
                }
            }
        }
        Self {
            errors,
            is_exact: errors.iter().all(|&error| error == 0.0),
            all,
            best,
            best_costs,
        }
    }

    /// The points that may be on the front.
    fn candidates(&self) -> Vec<&'a Candidate> {
        if self.is_exact {
            self.best.clone()
        } else {
            self.all.iter().collect()
        }
    }

    /// Whether a point of this class beats a point with these costs, if differences up to the
    /// tolerances do not count.
    fn beats(&self, costs: &[f64], tolerances: &[f64]) -> bool {
        points(&self.best_costs, costs.len()).any(|other| {
            let mut is_better = false;
            for ((&other, &cost), &tolerance) in other.iter().zip(costs).zip(tolerances) {
                if other > cost + tolerance {
                    return false;
                }
                is_better |= other < cost - tolerance;
            }
            is_better
        })
    }
}

/// Contiguous points with this number of objectives.
fn points(values: &[f64], objectives: usize) -> impl Iterator<Item = &[f64]> {
    values.chunks_exact(objectives.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{Maximise, Minimise};
    use proptest::prelude::*;

    /// The definition, word for word.
    fn by_definition(objectives: &[Direction], points: &[Vec<Measured>]) -> Vec<usize> {
        let better = |objective: &Direction, a: Measured, b: Measured| {
            let tolerance = 2.0 * a.standard_error.hypot(b.standard_error);
            match objective {
                Maximise => a.value > b.value + tolerance,
                Minimise => a.value < b.value - tolerance,
            }
        };
        let is_known = |point: &[Measured]| !point.iter().any(|measured| measured.value.is_nan());
        let beats = |a: &[Measured], b: &[Measured]| {
            let all = || objectives.iter().zip(a.iter().zip(b));
            let is_worse = all().any(|(objective, (&a, &b))| better(objective, b, a));
            let is_better = all().any(|(objective, (&a, &b))| better(objective, a, b));
            is_known(a) && is_better && !is_worse
        };
        (0..points.len())
            .filter(|&index| is_known(&points[index]))
            .filter(|&index| !points.iter().any(|other| beats(other, &points[index])))
            .collect()
    }

    #[test]
    fn equal_points_are_all_on_the_front_and_points_with_nan_never() {
        let points = [
            [0.9, 5.0],
            [0.8, 2.0],
            [f64::NAN, 1.0],
            [0.9, 5.0],
            [0.8, 3.0],
            [0.7, -0.0],
            [0.7, 0.0],
        ];
        let front = pareto_front(&[Maximise, Minimise], &points).unwrap();
        assert_eq!(front, [0, 1, 3, 5, 6]);
        let none: [[f64; 2]; 0] = [];
        assert!(
            pareto_front(&[Maximise, Minimise], &none)
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn points_with_missing_values_are_rejected() {
        let found = pareto_front(&[Maximise, Minimise], &[vec![1.0, 2.0], vec![1.0]]);
        let expected = Error::Objectives {
            point: 1,
            expected: 2,
            found: 1,
        };
        assert_eq!(found, Err(expected));
    }

    fn measured(value: f64, standard_error: f64) -> Measured {
        Measured {
            value,
            standard_error,
        }
    }

    /// Scores are exact, times have a standard error.
    fn front(scores_and_times: &[(f64, f64)], standard_error: f64) -> Vec<usize> {
        let points = scores_and_times
            .iter()
            .map(|&(score, time)| [score.into(), measured(time, standard_error)]);
        pareto_front(&[Maximise, Minimise], &points.collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_time_counts_only_if_it_differs_by_more_than_the_noise() {
        let points = [(0.87, 0.98), (0.92, 1.0), (0.92, 1.01), (0.93, 1.2)];
        assert_eq!(front(&points, 0.0), [0, 1, 3]);
        // 2 · √2 · 0.01 is above 0.02, and far below 0.2.
        assert_eq!(front(&points, 0.01), [1, 2, 3]);
        assert_eq!(front(&points, 0.1), [3]);
    }

    #[test]
    fn a_point_that_is_beaten_itself_beats_others() {
        // Each time is within the noise of the next one only.
        let chain = [(0.91, 1.00), (0.92, 1.02), (0.93, 1.04)];
        assert_eq!(front(&chain, 0.01), [2]);
        assert_eq!(front(&[chain[0], chain[2]], 0.01), [0, 1]);
    }

    #[test]
    fn each_pair_is_compared_by_its_own_standard_errors() {
        let front = |noise| {
            let points = [
                [measured(0.9, 0.0), measured(1.0, 0.01)],
                [measured(0.95, 0.0), measured(1.1, noise)],
            ];
            pareto_front(&[Maximise, Minimise], &points).unwrap()
        };
        assert_eq!(front(0.01), [0, 1]);
        assert_eq!(front(0.06), [1]);
        assert_eq!(front(f64::INFINITY), [1]);
        assert_eq!(front(f64::NAN), [0]);
    }

    fn objectives_and_points() -> impl Strategy<Value = (Vec<Direction>, Vec<Vec<Measured>>)> {
        // Few different values, so that ties and equal points are common.
        let value = prop_oneof![
            10 => (0_i32..6).prop_map(f64::from),
            3 => -1.0_f64..6.0,
            1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(-0.0)],
        ];
        // Few different standard errors, as many trials share a measurement; none in half of the cases.
        let noise = prop_oneof![
            Just(0.0),
            prop_oneof![Just(0.0), Just(0.5), Just(0.75), 0.0_f64..2.0]
        ];
        let measurement = (value, noise).prop_map(|(value, noise)| measured(value, noise));
        (1_usize..5).prop_flat_map(move |count| {
            let objectives =
                proptest::collection::vec(prop_oneof![Just(Maximise), Just(Minimise)], count);
            let point = proptest::collection::vec(measurement.clone(), count);
            (objectives, proptest::collection::vec(point, 0..60))
        })
    }

    proptest! {
        #[test]
        fn the_front_is_that_of_the_definition((objectives, points) in objectives_and_points()) {
            let found = pareto_front(&objectives, &points).unwrap();
            prop_assert_eq!(found, by_definition(&objectives, &points));
        }

        #[test]
        fn the_front_of_exact_values_is_the_usual_one((objectives, points) in objectives_and_points()) {
            let exact = |point: &Vec<Measured>| point.iter().map(|measured| measured.value).collect();
            let values: Vec<Vec<f64>> = points.iter().map(exact).collect();
            let exact = |point: &Vec<f64>| point.iter().map(|&value| value.into()).collect();
            let points: Vec<Vec<Measured>> = values.iter().map(exact).collect();
            let found = pareto_front(&objectives, &values).unwrap();
            prop_assert_eq!(found, by_definition(&objectives, &points));
        }

        #[test]
        fn the_order_of_points_does_not_matter(
            ((objectives, points), shift) in (objectives_and_points(), 0_usize..60)
        ) {
            let count = points.len().max(1);
            let mut rotated = points.clone();
            rotated.rotate_left(shift % count);
            let found = pareto_front(&objectives, &rotated).unwrap();
            let mut found: Vec<usize> = found.iter().map(|index| (index + shift) % count).collect();
            found.sort_unstable();
            prop_assert_eq!(found, pareto_front(&objectives, &points).unwrap());
        }
    }
}
