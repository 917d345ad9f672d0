//! Error bars.

use crate::primitives::colour::Colour;
use crate::primitives::geometry::Point;
use crate::primitives::mark::{Mark, Outline};
use crate::primitives::paint::{Paint, Stroke};

/// Half the width of the caps, in CSS pixels.
const HALF_CAP: f64 = 4.0;

/// Returns a vertical line between two points, with a cap at each end.
pub(crate) fn error_bar(high: Point, low: Point, colour: Colour) -> Mark {
    let across = |end: Point| vec![end.offset(-HALF_CAP, 0.0), end.offset(HALF_CAP, 0.0)];
    let lines = vec![vec![high, low], across(high), across(low)];
    Mark::shape(
        Outline::Lines(lines),
        Paint::stroke(Stroke::new(colour, 1.6)),
    )
}
