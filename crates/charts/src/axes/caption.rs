//! The captions of axes: label and unit.

use crate::primitives::geometry::Point;
use crate::primitives::mark::Mark;
use crate::primitives::text::{Anchor, FONT_SIZE, Text};
use crate::primitives::text_width::{text_width, truncated};

/// Returns label and unit, shortened to `limit` CSS pixels. The label is truncated before the unit.
pub(crate) fn caption(label: &str, unit: &str, limit: f64) -> String {
    if unit.is_empty() {
        return truncated(label, FONT_SIZE, limit);
    }
    let unit = format!("({unit})");
    if label.is_empty() {
        return truncated(&unit, FONT_SIZE, limit);
    }
    // Reserve room for a truncated label and a space.
    let unit = truncated(&unit, FONT_SIZE, limit - text_width("… ", FONT_SIZE));
    let room = limit - text_width(&unit, FONT_SIZE) - text_width(" ", FONT_SIZE);
    format!("{} {unit}", truncated(label, FONT_SIZE, room))
}

/// Draws a caption below an axis, horizontally centred at `at`.
pub(crate) fn draw_caption(caption: &str, at: Point, marks: &mut Vec<Mark>) {
    if !caption.is_empty() {
        let text = Text::new(caption.to_owned(), at).with_anchor(Anchor::Middle);
        marks.push(Mark::Text(text));
    }
}

/// Draws a caption that reads upwards, vertically centred at `at` with its baseline there.
pub(crate) fn draw_vertical_caption(caption: &str, at: Point, marks: &mut Vec<Mark>) {
    if !caption.is_empty() {
        let text = Text::new(caption.to_owned(), at).with_anchor(Anchor::Middle);
        marks.push(Mark::Text(text.rotated(-90.0)));
    }
}
