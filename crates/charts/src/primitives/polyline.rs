//! Polylines with gaps, and their simplification.

use crate::primitives::geometry::Point;

/// Splits values into runs without gaps.
pub(crate) fn contiguous_runs<T>(positions: impl IntoIterator<Item = Option<T>>) -> Vec<Vec<T>> {
    let mut runs: Vec<Vec<T>> = Vec::new();
    let mut after_gap = true;
    for position in positions {
        match (position, runs.last_mut()) {
            (None, _) => after_gap = true,
            (Some(position), Some(run)) if !after_gap => run.push(position),
            (Some(position), _) => {
                runs.push(vec![position]);
                after_gap = false;
            }
        }
    }
    runs
}

/// Width of the columns in which long lines are downsampled, in CSS pixels.
const COLUMN_WIDTH: f64 = 4.0;
/// Maximum number of points of a line that remains unchanged.
const MAX_UNCHANGED: usize = 250;

/// Downsamples a line without changing how it looks: keeps the first, last, highest and lowest
/// point of each column (Jugel et al., "M4: a visualization-oriented time series data aggregation",
/// 2014).
pub(crate) fn downsampled(run: Vec<Point>) -> Vec<Point> {
    if run.len() <= MAX_UNCHANGED {
        return run;
    }
    let column = |point: &Point| (point.x / COLUMN_WIDTH).floor();
    run.chunk_by(|one, two| column(one) == column(two))
        .flat_map(|points| {
            let by_height =
                |one: &(usize, &Point), two: &(usize, &Point)| one.1.y.total_cmp(&two.1.y);
            let indexed = || points.iter().enumerate();
            let extremes = [indexed().min_by(by_height), indexed().max_by(by_height)];
            let mut kept = vec![0, points.len() - 1];
            kept.extend(extremes.into_iter().flatten().map(|(index, _)| index));
            kept.sort_unstable();
            kept.dedup();
            kept.into_iter().map(|index| points[index])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_separate_runs() {
        let positions = [None, Some(1), Some(2), None, None, Some(3), None];
        assert_eq!(contiguous_runs(positions), [vec![1, 2], vec![3]]);
        assert!(contiguous_runs::<u8>([None]).is_empty());
        assert!(contiguous_runs::<u8>([]).is_empty());
    }

    #[test]
    fn downsampling_keeps_short_lines_ends_and_peaks() {
        let line = |count: usize| -> Vec<Point> {
            (0..count)
                .map(|index| {
                    let peak = if index == count / 2 { -500.0 } else { 0.0 };
                    Point::new(
                        index as f64 * 600.0 / count as f64,
                        (index % 7) as f64 + peak,
                    )
                })
                .collect()
        };
        assert_eq!(downsampled(line(200)), line(200));
        let (long, thin) = (line(100_000), downsampled(line(100_000)));
        assert!(thin.len() < 900, "{}", thin.len());
        assert_eq!(thin.first(), long.first());
        assert_eq!(thin.last(), long.last());
        assert!(thin.contains(&long[50_000]));
        assert!(thin.is_sorted_by(|one, two| one.x < two.x));
    }
}
