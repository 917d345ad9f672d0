//! Pareto fronts.

use crate::{Direction, Error};
use std::cmp::Ordering;

/// Returns the indices of the points on the Pareto front, in ascending order: the points that no
/// other point dominates by being at least as good in all objectives and better in one. Of equal
/// points, all are on the front. A point with a NaN is never on the front and dominates none.
///
/// # Errors
///
/// Returns an error if a point does not have a value for each objective.
pub fn pareto_front(
    objectives: &[Direction],
    points: &[impl AsRef<[f64]>],
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
        if !values.iter().any(|value| value.is_nan()) {
            let costs = objectives.iter().zip(values);
            let costs: Vec<f64> = costs
                .map(|(objective, &value)| objective.cost(value))
                .collect();
            candidates.push((costs, point));
        }
    }
    // In lexicographic order, only an earlier point can dominate a later one, and then a point on
    // the front does too.
    candidates.sort_by(|(one, _), (other, _)| {
        let orders = one.iter().zip(other).map(|(a, b)| a.total_cmp(b));
        orders.fold(Ordering::Equal, Ordering::then)
    });
    let mut indices = Vec::new();
    // Points are contiguous, because a front of 10,000 points is read 10,000 times.
    let mut front: Vec<f64> = Vec::new();
    for (costs, point) in candidates {
        let dominates =
            |other: &[f64]| other.iter().zip(&costs).all(|(a, b)| a <= b) && other != costs;
        if !front.chunks_exact(objectives.len().max(1)).any(dominates) {
            front.extend(costs);
            indices.push(point);
        }
    }
    indices.sort_unstable();
    Ok(indices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{Maximise, Minimise};
    use proptest::prelude::*;

    /// The definition, word for word.
    fn by_definition(objectives: &[Direction], points: &[Vec<f64>]) -> Vec<usize> {
        let better = |objective: &Direction, a: f64, b: f64| match objective {
            Maximise => a > b,
            Minimise => a < b,
        };
        let dominates = |a: &[f64], b: &[f64]| {
            let present = !a.iter().any(|value| value.is_nan());
            let all = || objectives.iter().zip(a.iter().zip(b));
            let worse = all().any(|(objective, (&a, &b))| better(objective, b, a));
            let better = all().any(|(objective, (&a, &b))| better(objective, a, b));
            present && better && !worse
        };
        let present = |index: &usize| !points[*index].iter().any(|value| value.is_nan());
        (0..points.len())
            .filter(present)
            .filter(|&index| !points.iter().any(|other| dominates(other, &points[index])))
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

    fn objectives_and_points() -> impl Strategy<Value = (Vec<Direction>, Vec<Vec<f64>>)> {
        // Few different values, so that ties and equal points are common.
        let value = prop_oneof![
            10 => (0_i32..6).prop_map(f64::from),
            3 => -1.0_f64..6.0,
            1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(-0.0)],
        ];
        (1_usize..5).prop_flat_map(move |count| {
            let objectives =
                proptest::collection::vec(prop_oneof![Just(Maximise), Just(Minimise)], count);
            let point = proptest::collection::vec(value.clone(), count);
            (objectives, proptest::collection::vec(point, 0..60))
        })
    }

    proptest! {
        #[test]
        fn the_front_is_that_of_the_definition((objectives, points) in objectives_and_points()) {
            let found = pareto_front(&objectives, &points).unwrap();
            prop_assert_eq!(found, by_definition(&objectives, &points));
        }
    }
}
