//! Where names of points find room.

use crate::geometry::{Point, Rectangle};

/// Between a point and its name, in CSS pixels.
const GAP: f64 = 3.0;
/// Multiples of the distance from a point at which places for its name are tried.
const DISTANCES: [f64; 3] = [1.0, 2.2, 3.6];

/// Finds places for names beside their points: within bounds, off everything that is in the way.
pub(crate) struct Placement {
    bounds: Rectangle,
    taken: Vec<Rectangle>,
    directions: [(f64, f64); 8],
}

impl Placement {
    /// No name may cover what is `taken` already. Places in the direction `first`, of which both
    /// parts are 1 (right, down) or -1, come first.
    pub(crate) fn new(bounds: Rectangle, taken: Vec<Rectangle>, first: (f64, f64)) -> Self {
        let (right, down) = first;
        Self {
            bounds,
            taken,
            directions: [
                (right, down),
                (0.0, down),
                (right, 0.0),
                (-right, down),
                (right, -down),
                (-right, 0.0),
                (0.0, -down),
                (-right, -down),
            ],
        }
    }

    /// The box of a name of this width and height beside a point of this radius; nothing where
    /// there is no room.
    pub(crate) fn find(&self, point: Point, radius: f64, size: (f64, f64)) -> Option<Rectangle> {
        let boxes = DISTANCES.into_iter().flat_map(|further| {
            let away = further * (radius + GAP);
            // A corner keeps clear of a circle when it is less far away along each axis.
            let corner = (0.75 * away).max(radius);
            self.directions.map(|(right, down)| {
                let away = if right != 0.0 && down != 0.0 {
                    corner
                } else {
                    away
                };
                beside(point, away, (right, down), size)
            })
        });
        let mut free = boxes.filter(|place| {
            let covers = |taken: &Rectangle| taken.overlaps(place);
            self.bounds.contains(place) && !self.taken.iter().any(covers)
        });
        free.next()
    }

    /// From now on no name may cover this place.
    pub(crate) fn take(&mut self, place: Rectangle) {
        self.taken.push(place);
    }
}

/// A box of this width and height in a direction from a point.
fn beside(
    point: Point,
    away: f64,
    (right, down): (f64, f64),
    (width, height): (f64, f64),
) -> Rectangle {
    let centre = point.moved(right * (away + width / 2.0), down * (away + height / 2.0));
    Rectangle::new(
        centre.x - width / 2.0,
        centre.y - height / 2.0,
        centre.x + width / 2.0,
        centre.y + height / 2.0,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BOUNDS: Rectangle = Rectangle::new(0.0, 0.0, 100.0, 100.0);
    const SIZE: (f64, f64) = (20.0, 12.0);

    #[test]
    fn a_name_stands_in_the_first_direction_where_it_can() {
        let placement = Placement::new(BOUNDS, Vec::new(), (1.0, -1.0));
        let place = placement.find(Point::new(50.0, 50.0), 3.0, SIZE).unwrap();
        assert!(place.left > 50.0 && place.bottom < 50.0);
        // At the right edge it moves to the left.
        let place = placement.find(Point::new(95.0, 50.0), 3.0, SIZE).unwrap();
        assert!(place.right <= 100.0);
    }

    #[test]
    fn there_may_be_no_room() {
        let placement = Placement::new(BOUNDS, vec![BOUNDS], (1.0, -1.0));
        assert_eq!(placement.find(Point::new(50.0, 50.0), 3.0, SIZE), None);
    }

    proptest! {
        #[test]
        fn names_never_cover_points_or_each_other(
            points in prop::collection::vec((0.0..400.0_f64, 0.0..300.0_f64), 1..40),
        ) {
            let points: Vec<Point> = points.into_iter().map(|(x, y)| Point::new(x, y)).collect();
            let bounds = Rectangle::new(0.0, 0.0, 400.0, 300.0);
            let dots: Vec<Rectangle> = points.iter().map(|&at| Rectangle::around(at, 3.0)).collect();
            let mut placement = Placement::new(bounds, dots.clone(), (-1.0, -1.0));
            let mut places: Vec<Rectangle> = Vec::new();
            for &point in &points {
                if let Some(place) = placement.find(point, 3.0, (30.0, 14.0)) {
                    prop_assert!(bounds.contains(&place));
                    prop_assert!(!dots.iter().any(|dot| dot.overlaps(&place)));
                    prop_assert!(!places.iter().any(|other| other.overlaps(&place)));
                    places.push(place);
                    placement.take(place);
                }
            }
        }
    }
}
