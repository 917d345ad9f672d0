//! Places labels next to points without overlap.

use crate::primitives::geometry::{Point, Rectangle};

/// Gap between a point and its label, in CSS pixels.
const GAP: f64 = 3.0;
/// Distances between point and label to try, as multiples of the smallest.
const DISTANCES: [f64; 3] = [1.0, 2.2, 3.6];

/// Finds free positions for labels next to their points, within bounds.
pub(crate) struct LabelPlacer {
    bounds: Rectangle,
    taken: Vec<Rectangle>,
    directions: [(f64, f64); 8],
}

impl LabelPlacer {
    /// Creates a placer for labels that must not overlap the `taken` rectangles. It prefers the
    /// direction `first`, whose parts are 1 (right, down) or −1 (left, up).
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

    /// Returns the box of a label of this width and height next to a point of this radius, or
    /// `None` if there is no room.
    pub(crate) fn find(&self, point: Point, radius: f64, size: (f64, f64)) -> Option<Rectangle> {
        let boxes = DISTANCES.into_iter().flat_map(|further| {
            let away = further * (radius + GAP);
            // On a diagonal, a smaller distance along each axis clears the circle.
            let corner = (0.75 * away).max(radius);
            self.directions.map(|(right, down)| {
                let away = if right != 0.0 && down != 0.0 {
                    corner
                } else {
                    away
                };
                label_box_at(point, away, (right, down), size)
            })
        });
        let mut free = boxes.filter(|label_box| {
            let covers = |taken: &Rectangle| taken.overlaps(label_box);
            self.bounds.contains(label_box) && !self.taken.iter().any(covers)
        });
        free.next()
    }

    /// Reserves a box, so that later labels do not overlap it.
    pub(crate) fn reserve(&mut self, label_box: Rectangle) {
        self.taken.push(label_box);
    }
}

/// Returns a box of this width and height in a direction from a point.
fn label_box_at(
    point: Point,
    away: f64,
    (right, down): (f64, f64),
    (width, height): (f64, f64),
) -> Rectangle {
    let centre = point.offset(right * (away + width / 2.0), down * (away + height / 2.0));
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
    fn a_label_is_placed_in_the_first_free_direction() {
        let placer = LabelPlacer::new(BOUNDS, Vec::new(), (1.0, -1.0));
        let label_box = placer.find(Point::new(50.0, 50.0), 3.0, SIZE).unwrap();
        assert!(label_box.left > 50.0 && label_box.bottom < 50.0);
        // At the right edge it moves to the left.
        let label_box = placer.find(Point::new(95.0, 50.0), 3.0, SIZE).unwrap();
        assert!(label_box.right <= 100.0);
    }

    #[test]
    fn no_room_gives_no_position() {
        let placer = LabelPlacer::new(BOUNDS, vec![BOUNDS], (1.0, -1.0));
        assert_eq!(placer.find(Point::new(50.0, 50.0), 3.0, SIZE), None);
    }

    proptest! {
        #[test]
        fn labels_never_overlap_points_or_each_other(
            points in prop::collection::vec((0.0..400.0_f64, 0.0..300.0_f64), 1..40),
        ) {
            let points: Vec<Point> = points.into_iter().map(|(x, y)| Point::new(x, y)).collect();
            let bounds = Rectangle::new(0.0, 0.0, 400.0, 300.0);
            let dots: Vec<Rectangle> = points.iter().map(|&at| Rectangle::square_around(at, 3.0)).collect();
            let mut placer = LabelPlacer::new(bounds, dots.clone(), (-1.0, -1.0));
            let mut label_boxes: Vec<Rectangle> = Vec::new();
            for &point in &points {
                if let Some(label_box) = placer.find(point, 3.0, (30.0, 14.0)) {
                    prop_assert!(bounds.contains(&label_box));
                    prop_assert!(!dots.iter().any(|dot| dot.overlaps(&label_box)));
                    prop_assert!(!label_boxes.iter().any(|other| other.overlaps(&label_box)));
                    label_boxes.push(label_box);
                    placer.reserve(label_box);
                }
            }
        }
    }
}
