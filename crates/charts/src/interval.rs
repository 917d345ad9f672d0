//! Bars that show how sure a value is.

use crate::colour::Colour;
use crate::drawing::{Mark, Outline, Paint, Stroke};
use crate::geometry::Point;

/// Half the width of the ends, in CSS pixels.
const END: f64 = 4.0;

/// A bar between two places, with a short line across each end.
pub(crate) fn interval(high: Point, low: Point, colour: Colour) -> Mark {
    let across = |end: Point| vec![end.moved(-END, 0.0), end.moved(END, 0.0)];
    let lines = vec![vec![high, low], across(high), across(low)];
    Mark::shape(
        Outline::Lines(lines),
        Paint::stroke(Stroke::new(colour, 1.6)),
    )
}
