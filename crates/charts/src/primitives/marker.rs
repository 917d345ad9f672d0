//! Markers, which distinguish series without colour.

use crate::primitives::geometry::Point;
use crate::primitives::mark::Outline;

/// The shape of a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    Circle,
    Square,
    TriangleUp,
    Diamond,
    TriangleDown,
    Plus,
    Cross,
}

/// All markers; consecutive ones differ most.
pub(crate) const MARKERS: [Marker; 7] = [
    Marker::Circle,
    Marker::Square,
    Marker::TriangleUp,
    Marker::Diamond,
    Marker::TriangleDown,
    Marker::Plus,
    Marker::Cross,
];

impl Marker {
    /// Returns the marker at each centre, visually as large as a circle of this radius.
    pub(crate) fn outline(self, centres: &[Point], radius: f64) -> Outline {
        let corners: Vec<Point> = match self {
            Self::Circle => {
                return Outline::Circles {
                    centres: centres.to_vec(),
                    radius,
                };
            }
            Self::Square => regular(4, 1.2 * radius, 45.0),
            Self::Diamond => regular(4, 1.3 * radius, 0.0),
            Self::TriangleUp => regular(3, 1.4 * radius, 0.0),
            Self::TriangleDown => regular(3, 1.4 * radius, 180.0),
            Self::Plus => plus(1.3 * radius, 0.0),
            Self::Cross => plus(1.3 * radius, 45.0),
        };
        let polygons = centres
            .iter()
            .map(|centre| {
                corners
                    .iter()
                    .map(|corner| centre.offset(corner.x, corner.y))
                    .collect()
            })
            .collect();
        Outline::Polygons(polygons)
    }
}

/// Returns a regular polygon around the origin, with its first corner at the top before rotation.
fn regular(corners: u32, radius: f64, degrees: f64) -> Vec<Point> {
    let first = Point::new(0.0, -radius);
    (0..corners)
        .map(|corner| {
            let angle = degrees + 360.0 * f64::from(corner) / f64::from(corners);
            first.rotated(Point::new(0.0, 0.0), angle)
        })
        .collect()
}

/// Returns a plus sign around the origin with arms of this length, rotated by `degrees`.
fn plus(arm: f64, degrees: f64) -> Vec<Point> {
    let half = 0.36 * arm;
    let quarter = [(-half, -arm), (half, -arm), (half, -half)];
    let origin = Point::new(0.0, 0.0);
    [0.0, 90.0, 180.0, 270.0]
        .into_iter()
        .flat_map(|turn| quarter.map(|(x, y)| Point::new(x, y).rotated(origin, turn + degrees)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shoelace formula.
    fn area(polygon: &[Point]) -> f64 {
        let next = polygon.iter().cycle().skip(1);
        let twice: f64 = polygon
            .iter()
            .zip(next)
            .map(|(one, two)| one.x * two.y - two.x * one.y)
            .sum();
        twice.abs() / 2.0
    }

    #[test]
    fn markers_are_centred_and_of_similar_area() {
        let centre = Point::new(100.0, 50.0);
        for marker in MARKERS {
            let Outline::Polygons(polygons) = marker.outline(&[centre], 10.0) else {
                assert_eq!(marker, Marker::Circle);
                continue;
            };
            let count = polygons[0].len() as f64;
            let x = polygons[0].iter().map(|corner| corner.x).sum::<f64>() / count;
            let y = polygons[0].iter().map(|corner| corner.y).sum::<f64>() / count;
            assert!(
                (x - 100.0).abs() < 1e-9 && (y - 50.0).abs() < 1e-9,
                "{marker:?}"
            );
            let fraction = area(&polygons[0]) / (std::f64::consts::PI * 100.0);
            assert!((0.7..1.3).contains(&fraction), "{marker:?} {fraction}");
        }
    }

    #[test]
    fn there_is_a_marker_for_each_centre() {
        let centres = [Point::new(0.0, 0.0), Point::new(1.0, 2.0)];
        for marker in MARKERS {
            let count = match marker.outline(&centres, 3.0) {
                Outline::Polygons(polygons) => polygons.len(),
                Outline::Circles { centres, .. } => centres.len(),
                other => panic!("{other:?}"),
            };
            assert_eq!(count, 2, "{marker:?}");
        }
    }
}
