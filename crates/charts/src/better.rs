//! Which of two values is the better one.

/// Which values are the good ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Better {
    /// As of accuracies.
    #[default]
    Higher,
    /// As of losses and times.
    Lower,
}

impl Better {
    /// The value turned so that more is better.
    pub(crate) fn merit(self, value: f64) -> f64 {
        match self {
            Self::Higher => value,
            Self::Lower => -value,
        }
    }
}

/// The points that no other point beats: none is at least as good in both values and better in
/// one. From the best in x to the best in y, as indices; points with a value that is not finite
/// are left out.
pub fn pareto_front(points: &[(f64, f64)], x: Better, y: Better) -> Vec<usize> {
    let mut ranked: Vec<(usize, f64, f64)> = points
        .iter()
        .enumerate()
        .filter(|(_, (x, y))| x.is_finite() && y.is_finite())
        .map(|(index, &(one, two))| (index, x.merit(one), y.merit(two)))
        .collect();
    ranked.sort_by(|one, two| two.1.total_cmp(&one.1).then(two.2.total_cmp(&one.2)));
    let mut front: Vec<(usize, f64, f64)> = Vec::new();
    for point in ranked {
        match front.last() {
            // Points with the same values do not beat each other.
            Some(last) if point.2 < last.2 || (point.2 == last.2 && point.1 < last.1) => {}
            _ => front.push(point),
        }
    }
    front.into_iter().map(|(index, ..)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_front_runs_from_the_best_in_x_to_the_best_in_y() {
        // Seconds and accuracy.
        let points = [
            (3.0, 97.0),
            (1.0, 95.0),
            (2.0, 94.0),
            (2.0, 96.0),
            (4.0, 97.0),
        ];
        let front = pareto_front(&points, Better::Lower, Better::Higher);
        assert_eq!(front, [1, 3, 0]);
    }

    #[test]
    fn equal_points_are_both_on_the_front_and_missing_ones_are_not() {
        let points = [
            (1.0, 2.0),
            (f64::NAN, 9.0),
            (1.0, 2.0),
            (f64::INFINITY, 1.0),
        ];
        let front = pareto_front(&points, Better::Higher, Better::Higher);
        assert_eq!(front, [0, 2]);
    }

    proptest! {
        #[test]
        fn the_front_is_what_no_point_beats(
            points in prop::collection::vec((0_i32..6, 0_i32..6), 0..30),
            x_higher: bool,
            y_higher: bool,
        ) {
            let points: Vec<(f64, f64)> =
                points.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).collect();
            let better = |higher| if higher { Better::Higher } else { Better::Lower };
            let (x, y) = (better(x_higher), better(y_higher));
            let beats = |one: (f64, f64), two: (f64, f64)| {
                let (gain_x, gain_y) = (x.merit(one.0) - x.merit(two.0), y.merit(one.1) - y.merit(two.1));
                gain_x >= 0.0 && gain_y >= 0.0 && gain_x + gain_y > 0.0
            };
            let expected: Vec<usize> = (0..points.len())
                .filter(|&index| !points.iter().any(|&other| beats(other, points[index])))
                .collect();
            let mut front = pareto_front(&points, x, y);
            front.sort_unstable();
            prop_assert_eq!(front, expected);
        }
    }
}
