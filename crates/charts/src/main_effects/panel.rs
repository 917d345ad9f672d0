//! A panel with the levels of one factor.

use crate::axes::category_labels::LabelOrientation;
use crate::axes::left_axis::LeftAxis;
use crate::components::error_bar::error_bar;
use crate::components::series_style::{DASHES, SeriesStyle};
use crate::main_effects::data::FactorEffect;
use crate::primitives::colour::{AXIS, BACKGROUND, BLUE};
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::{Mark, Outline};
use crate::primitives::marker::Marker;
use crate::primitives::paint::{Paint, Stroke};
use crate::primitives::polyline::contiguous_runs;
use crate::primitives::text::{Anchor, Text};

/// Line height in the title strip of a panel, in CSS pixels.
pub(super) const STRIP_LINE_HEIGHT: f64 = 15.0;

/// A panel at its position.
pub(super) struct Panel<'a> {
    pub(super) area: Rectangle,
    pub(super) factor: &'a FactorEffect,
    pub(super) names: &'a [String],
    pub(super) orientation: LabelOrientation,
    pub(super) axis: &'a LeftAxis,
}

impl Panel<'_> {
    /// Draws the panel, with the vertical axis if it is the first in its row.
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
        if let Some(y) = reference.and_then(|value| self.axis.position(area, value)) {
            let series_style = reference_style();
            let stroke =
                Stroke::new(series_style.colour, series_style.width).with_dash(series_style.dash);
            let ends = (Point::new(area.left, y), Point::new(area.right, y));
            marks.push(Mark::line(ends.0, ends.1, stroke));
        }
        for (index, name) in self.names.iter().enumerate() {
            let at = Point::new(self.middle(index), area.bottom);
            self.orientation.draw(name.clone(), at, marks);
        }
        self.draw_levels(marks);
    }

    /// Returns the x coordinate of the middle of a level's slot.
    fn middle(&self, index: usize) -> f64 {
        let slot = self.area.width() / self.names.len().max(1) as f64;
        self.area.left + (index as f64 + 0.5) * slot
    }

    fn draw_levels(&self, marks: &mut Vec<Mark>) {
        let levels = self.factor.shown();
        let position = |index: usize, value: f64| {
            let y = self.axis.position(&self.area, value)?;
            Some(Point::new(self.middle(index), y))
        };
        let points = levels
            .iter()
            .enumerate()
            .map(|(i, level)| position(i, level.value));
        let lines: Vec<Vec<Point>> = contiguous_runs(points)
            .into_iter()
            .filter(|run| run.len() > 1)
            .collect();
        if !lines.is_empty() {
            let stroke = Stroke::new(BLUE, 1.2).with_opacity(0.55);
            marks.push(Mark::shape(Outline::Lines(lines), Paint::stroke(stroke)));
        }
        for (index, level) in levels.iter().enumerate() {
            let Some(at) = position(index, level.value) else {
                continue;
            };
            let ends = position(index, level.high).zip(position(index, level.low));
            let bar = ends.map(|(high, low)| error_bar(high, low, BLUE));
            let point = Mark::shape(Marker::Circle.outline(&[at], 4.0), Paint::fill(BLUE));
            marks.push(Mark::Group {
                tooltip: format!("{}: {}", self.factor.name, level.name),
                marks: bar.into_iter().chain([point]).collect(),
            });
        }
    }
}

/// Draws the title strip above a panel.
pub(super) fn draw_strip(lines: &[String], area: Rectangle, marks: &mut Vec<Mark>) {
    marks.push(Mark::rectangle(area, BACKGROUND));
    for (index, line) in lines.iter().enumerate() {
        let row = index as f64 - (lines.len() - 1) as f64 / 2.0;
        let at = area.centre().offset(0.0, row * STRIP_LINE_HEIGHT);
        let text = Text::vertically_centred(line.clone(), at).with_anchor(Anchor::Middle);
        marks.push(Mark::Text(text));
    }
}

/// Returns the style of the reference line.
pub(super) fn reference_style() -> SeriesStyle {
    SeriesStyle {
        colour: AXIS,
        dash: DASHES[1],
        width: 1.2,
        ..SeriesStyle::categorical(0)
    }
}
