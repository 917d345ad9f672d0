//! A factor's panel.

use super::FactorEffect;
use crate::axis::LeftAxis;
use crate::category::Slant;
use crate::colour::{AXIS, BLUE, EMPTY};
use crate::curve::runs;
use crate::drawing::{Mark, Outline, Paint, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::interval::interval;
use crate::look::{DASHES, Look};
use crate::marker::Marker;
use crate::text::{Anchor, Text};

/// From one line of a name above a panel to the next, in CSS pixels.
pub(super) const STRIP_LINE: f64 = 15.0;

/// A factor at its place.
pub(super) struct Panel<'a> {
    pub(super) area: Rectangle,
    pub(super) factor: &'a FactorEffect,
    pub(super) names: &'a [String],
    pub(super) slant: Slant,
    pub(super) axis: &'a LeftAxis,
}

impl Panel<'_> {
    /// Draws the panel, with the vertical axis where it is the first of its row.
    pub(super) fn draw(&self, reference: Option<f64>, is_first: bool, marks: &mut Vec<Mark>) {
        let area = &self.area;
        self.axis.draw_grid(area, marks);
        if is_first {
            self.axis.draw(area, marks);
        }
        let ground = [
            Point::new(area.left, area.bottom),
            Point::new(area.right, area.bottom),
        ];
        marks.push(Mark::line(ground[0], ground[1], Stroke::new(AXIS, 1.0)));
        if let Some(y) = reference.and_then(|value| self.axis.place(area, value)) {
            let look = reference_look();
            let stroke = Stroke::new(look.colour, look.width).dashed(look.dash);
            let ends = (Point::new(area.left, y), Point::new(area.right, y));
            marks.push(Mark::line(ends.0, ends.1, stroke));
        }
        for (index, name) in self.names.iter().enumerate() {
            let at = Point::new(self.middle(index), area.bottom);
            self.slant.draw(name.clone(), at, marks);
        }
        self.draw_levels(marks);
    }

    /// The middle of a level's slot.
    fn middle(&self, index: usize) -> f64 {
        let slot = self.area.width() / self.names.len().max(1) as f64;
        self.area.left + (index as f64 + 0.5) * slot
    }

    fn draw_levels(&self, marks: &mut Vec<Mark>) {
        let levels = self.factor.shown();
        let place = |index: usize, value: f64| {
            let y = self.axis.place(&self.area, value)?;
            Some(Point::new(self.middle(index), y))
        };
        let points = levels
            .iter()
            .enumerate()
            .map(|(i, level)| place(i, level.value));
        let lines: Vec<Vec<Point>> = runs(points)
            .into_iter()
            .filter(|run| run.len() > 1)
            .collect();
        if !lines.is_empty() {
            let stroke = Stroke::new(BLUE, 1.2).translucent(0.55);
            marks.push(Mark::shape(Outline::Lines(lines), Paint::stroke(stroke)));
        }
        for (index, level) in levels.iter().enumerate() {
            let Some(at) = place(index, level.value) else {
                continue;
            };
            let ends = place(index, level.high).zip(place(index, level.low));
            let bar = ends.map(|(high, low)| interval(high, low, BLUE));
            let point = Mark::shape(Marker::Circle.outline(&[at], 4.0), Paint::fill(BLUE));
            marks.push(Mark::Group {
                name: format!("{}: {}", self.factor.name, level.name),
                marks: bar.into_iter().chain([point]).collect(),
            });
        }
    }
}

/// The name above a panel.
pub(super) fn draw_strip(lines: &[String], area: Rectangle, marks: &mut Vec<Mark>) {
    marks.push(Mark::rectangle(area, EMPTY));
    for (index, line) in lines.iter().enumerate() {
        let row = index as f64 - (lines.len() - 1) as f64 / 2.0;
        let at = area.centre().moved(0.0, row * STRIP_LINE);
        let text = Text::beside(line.clone(), at).anchored(Anchor::Middle);
        marks.push(Mark::Text(text));
    }
}

/// Of the line across all panels.
pub(super) fn reference_look() -> Look {
    Look {
        colour: AXIS,
        dash: DASHES[1],
        width: 1.2,
        ..Look::of_category(0)
    }
}
