//! Dimensions and lines that numeric axes share.

use crate::primitives::geometry::Point;
use crate::primitives::mark::{Mark, Outline};
use crate::primitives::paint::{Paint, Stroke};

/// Length of major ticks, in CSS pixels.
pub(super) const TICK_LENGTH: f64 = 5.0;
/// Length of minor ticks, in CSS pixels.
pub(super) const MINOR_TICK_LENGTH: f64 = 3.0;
/// Gap between a tick and its label, in CSS pixels.
pub(super) const LABEL_GAP: f64 = 4.0;
/// Line height of text, in CSS pixels.
pub(super) const LINE_HEIGHT: f64 = 16.0;

pub(super) fn draw_lines(marks: &mut Vec<Mark>, lines: Vec<Vec<Point>>, stroke: Stroke) {
    if !lines.is_empty() {
        marks.push(Mark::shape(Outline::Lines(lines), Paint::stroke(stroke)));
    }
}
