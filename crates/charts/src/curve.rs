//! A quantity over epochs, and its line: runs between gaps, thinned where there are more points
//! than pixels.

use crate::geometry::Point;
use crate::scale::Scale;

/// A value with the interval about it. Numbers that are not finite are missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Along the horizontal axis: mostly an epoch, from 1.
    pub x: f64,
    /// The value itself: mostly a mean over folds.
    pub value: f64,
    /// The lower end of the band.
    pub low: f64,
    /// The upper end of the band.
    pub high: f64,
}

impl CurvePoint {
    /// A value without a band.
    pub fn new(x: f64, value: f64) -> Self {
        Self {
            x,
            value,
            low: f64::NAN,
            high: f64::NAN,
        }
    }

    /// A value with the interval about it.
    pub fn with_band(x: f64, value: f64, low: f64, high: f64) -> Self {
        Self {
            x,
            value,
            low,
            high,
        }
    }

    /// Whether the axes can show its value.
    pub(crate) fn is_shown(&self, x: Scale, y: Scale) -> bool {
        x.shows(self.x) && y.shows(self.value)
    }
}

/// Places in a row without a gap.
pub(crate) fn runs<T>(places: impl IntoIterator<Item = Option<T>>) -> Vec<Vec<T>> {
    let mut runs: Vec<Vec<T>> = Vec::new();
    let mut after_gap = true;
    for place in places {
        match (place, runs.last_mut()) {
            (None, _) => after_gap = true,
            (Some(place), Some(run)) if !after_gap => run.push(place),
            (Some(place), _) => {
                runs.push(vec![place]);
                after_gap = false;
            }
        }
    }
    runs
}

/// Width of the columns that a long line is thinned in, in CSS pixels.
const COLUMN: f64 = 4.0;
/// Points up to which a line stays as it is.
const FEW: usize = 250;

/// A line that looks the same with fewer points: of those in one column of pixels the first, the
/// last, the highest and the lowest are kept (Jugel and others, "M4: a visualization-oriented
/// time series data aggregation", 2014).
pub(crate) fn thinned(run: Vec<Point>) -> Vec<Point> {
    if run.len() <= FEW {
        return run;
    }
    let column = |point: &Point| (point.x / COLUMN).floor();
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
    fn missing_values_part_runs() {
        let places = [None, Some(1), Some(2), None, None, Some(3), None];
        assert_eq!(runs(places), [vec![1, 2], vec![3]]);
        assert!(runs::<u8>([None]).is_empty());
        assert!(runs::<u8>([]).is_empty());
    }

    #[test]
    fn short_lines_stay_and_long_ones_keep_their_ends_and_peaks() {
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
        assert_eq!(thinned(line(200)), line(200));
        let (long, thin) = (line(100_000), thinned(line(100_000)));
        assert!(thin.len() < 900, "{}", thin.len());
        assert_eq!(thin.first(), long.first());
        assert_eq!(thin.last(), long.last());
        assert!(thin.contains(&long[50_000]));
        assert!(thin.is_sorted_by(|one, two| one.x < two.x));
    }
}
