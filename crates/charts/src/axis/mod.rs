//! What an axis measures, and how it is drawn.

mod bottom;
mod left;

pub(crate) use bottom::{BELOW, BottomAxis};
pub(crate) use left::{CAPTION, LeftAxis, draw_left_caption, upright_ticks};

use crate::drawing::{Mark, Outline, Paint, Stroke};
use crate::geometry::Point;
use crate::scale::Scale;
use crate::text::{Anchor, FONT_SIZE, Text, shortened, width};

/// A quantity: what it is, in which unit, and how it is spaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    /// What is measured.
    pub label: String,
    /// Stands in parentheses after the label; empty for numbers without a unit.
    pub unit: String,
    /// How values are spaced.
    pub scale: Scale,
}

impl Axis {
    /// An axis on which equal differences are equally long.
    pub fn linear(label: impl Into<String>, unit: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            unit: unit.into(),
            scale: Scale::Linear,
        }
    }

    /// An axis on which equal ratios are equally long.
    pub fn log(label: impl Into<String>, unit: impl Into<String>) -> Self {
        Self {
            scale: Scale::Log,
            ..Self::linear(label, unit)
        }
    }

    /// Label and unit within a width: it is the label that is cut.
    pub(crate) fn caption(&self, limit: f64) -> String {
        caption(&self.label, &self.unit, limit)
    }
}

/// Label and unit within a width: it is the label that is cut.
pub(crate) fn caption(label: &str, unit: &str, limit: f64) -> String {
    if unit.is_empty() {
        return shortened(label, FONT_SIZE, limit);
    }
    let unit = format!("({unit})");
    if label.is_empty() {
        return shortened(&unit, FONT_SIZE, limit);
    }
    // Room is kept for a label that is cut, and a space.
    let unit = shortened(&unit, FONT_SIZE, limit - width("… ", FONT_SIZE));
    let room = limit - width(&unit, FONT_SIZE) - width(" ", FONT_SIZE);
    format!("{} {unit}", shortened(label, FONT_SIZE, room))
}

/// Length of ticks, in CSS pixels.
const TICK: f64 = 5.0;
/// Length of ticks without a label, in CSS pixels.
const MINOR_TICK: f64 = 3.0;
/// Between a tick and its label, in CSS pixels.
const GAP: f64 = 4.0;
/// Height of a line of text, in CSS pixels.
const LINE: f64 = 16.0;
/// A caption centred below its axis.
pub(crate) fn draw_caption(caption: &str, at: Point, marks: &mut Vec<Mark>) {
    if !caption.is_empty() {
        let text = Text::new(caption.to_owned(), at).anchored(Anchor::Middle);
        marks.push(Mark::Text(text));
    }
}

/// A caption that reads upwards, centred on a height, with its baseline at `at`.
pub(crate) fn draw_upwards(caption: &str, at: Point, marks: &mut Vec<Mark>) {
    if !caption.is_empty() {
        let text = Text::new(caption.to_owned(), at).anchored(Anchor::Middle);
        marks.push(Mark::Text(text.turned(-90.0)));
    }
}

fn push_lines(marks: &mut Vec<Mark>, lines: Vec<Vec<Point>>, stroke: Stroke) {
    if !lines.is_empty() {
        marks.push(Mark::shape(Outline::Lines(lines), Paint::stroke(stroke)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_keep_their_unit_when_they_are_cut() {
        let axis = Axis::linear("time that an epoch takes on this machine", "s");
        assert!(axis.caption(1000.0).ends_with("machine (s)"));
        let cut = axis.caption(100.0);
        assert!(cut.ends_with("… (s)"), "{cut}");
        assert!(width(&cut, FONT_SIZE) <= 100.0);
        let both = Axis::linear("time of an epoch", "hundredths of a second").caption(100.0);
        assert!(both.contains("… (") && both.ends_with('…'), "{both}");
        assert!(width(&both, FONT_SIZE) <= 100.0);
        assert_eq!(Axis::linear("epoch", "").caption(100.0), "epoch");
        assert_eq!(Axis::linear("", "%").caption(100.0), "(%)");
    }
}
