//! The layout of a parallel-coordinates chart: axes, lines, captions and colour bar.

use crate::components::colour_bar::ColourBar;
use crate::components::frame::{MARGIN, content_top, titled_drawing};
use crate::drawing::Drawing;
use crate::parallel_coordinates::axis_layout::{AxisLayout, axis_height};
use crate::parallel_coordinates::data::{ParallelAxis, ParallelCoordinates, ParallelLine};
use crate::primitives::colour::AXIS;
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::{Mark, Outline};
use crate::primitives::paint::{Paint, Stroke};
use crate::primitives::polyline::contiguous_runs;
use crate::primitives::text::{Anchor, FONT_SIZE, Text};
use crate::primitives::text_width::{text_width, truncated, wrapped};
use crate::scales::colour_scale::ColourScale;
use crate::style::Style;

/// Number of the best lines to emphasise with a greater width.
const BROAD_LINES: usize = 5;
/// Gap between an axis and its labels, and length of its ticks, in CSS pixels.
const GAP: f64 = 6.0;
const TICK_LENGTH: f64 = 4.0;
/// Maximum width of labels, in CSS pixels.
const MAX_LABEL_WIDTH: f64 = 120.0;
/// Minimum width that labels of inner axes may use, in CSS pixels.
const MIN_LABEL_WIDTH: f64 = 72.0;
/// Minimum distance of axes, in CSS pixels.
const MIN_AXIS_DISTANCE: f64 = 48.0;
/// Gap before the colour bar, in CSS pixels.
const COLOUR_BAR_GAP: f64 = 20.0;
/// Line height of captions, in CSS pixels.
const LINE_HEIGHT: f64 = 16.0;
/// Maximum number of lines of a caption.
const MAX_CAPTION_LINES: usize = 3;

/// Positions of all parts of a parallel-coordinates chart.
pub(super) struct Layout<'a> {
    chart: &'a ParallelCoordinates,
    axis_layouts: &'a [AxisLayout<'a>],
    /// Area of all axes.
    area: Rectangle,
    captions: Vec<Vec<String>>,
    /// Notes on the number of omitted lines and axes.
    notes: [Option<String>; 2],
    /// Maximum width of the labels of the outermost axes, in CSS pixels.
    max_label_width: f64,
    bar_corner: Point,
    width: f64,
    height: f64,
}

impl<'a> Layout<'a> {
    pub(super) fn new(
        chart: &'a ParallelCoordinates,
        axis_layouts: &'a [AxisLayout<'a>],
        hidden: [usize; 2],
        colour_scale: &ColourScale,
        style: &Style,
    ) -> Self {
        let max_label_width = MAX_LABEL_WIDTH.min(style.usable_width() / 6.0);
        let outer = |axis_layout: Option<&AxisLayout>| {
            axis_layout.map_or(0.0, |axis_layout| {
                axis_layout.width_within(max_label_width) + TICK_LENGTH + GAP
            })
        };
        let bar = ColourBar::new(
            colour_scale,
            &chart.colour_axis,
            axis_height(style),
            style.decimal,
        );
        let gaps = axis_layouts.len().saturating_sub(1).max(1) as f64;
        // The caption of the first axis is centred on it.
        let half = axis_layouts.first().map_or(0.0, |axis_layout| {
            (text_width(&axis_layout.caption(), FONT_SIZE) / 2.0).min(max_label_width / 2.0)
        });
        let left = MARGIN + outer(axis_layouts.first()).max(half);
        let after = outer(axis_layouts.last()) + COLOUR_BAR_GAP;
        let closest = axis_layouts
            .iter()
            .map(|axis_layout| axis_layout.width_within(MIN_LABEL_WIDTH) + TICK_LENGTH + 2.0 * GAP)
            .fold(MIN_AXIS_DISTANCE, f64::max);
        let needed = left + gaps * closest + after + bar.width() + MARGIN;
        let full_width = style.usable_width().max(needed.ceil());
        let bar_left = full_width - MARGIN - bar.width();
        let right = bar_left - after;
        let distance = (right - left) / gaps;
        let outermost = [0, axis_layouts.len() - 1];
        let captions: Vec<Vec<String>> = axis_layouts
            .iter()
            .enumerate()
            .map(|(index, axis_layout)| {
                let limit = if outermost.contains(&index) {
                    (distance - 8.0).min(max_label_width)
                } else {
                    distance - 8.0
                };
                wrapped(&axis_layout.caption(), FONT_SIZE, limit, MAX_CAPTION_LINES)
            })
            .collect();
        let lines = captions.iter().map(Vec::len).max().unwrap_or(0);
        let top = content_top(&chart.heading, full_width) + lines as f64 * LINE_HEIGHT + 8.0;
        let notes = hidden.map(|count| (count > 0).then(|| style.and_more(count)));
        let below = if notes.iter().any(Option::is_some) {
            LINE_HEIGHT + 6.0
        } else {
            0.0
        };
        let bottom = (style.usable_height() - MARGIN - below).max(top + 140.0);
        Self {
            chart,
            axis_layouts,
            area: Rectangle::new(left, top, right, bottom),
            captions,
            notes,
            max_label_width,
            bar_corner: Point::new(bar_left, top),
            width: full_width,
            height: bottom + below + MARGIN,
        }
    }

    fn x(&self, index: usize) -> f64 {
        let gaps = self.axis_layouts.len().saturating_sub(1).max(1) as f64;
        self.area.left + index as f64 / gaps * self.area.width()
    }

    fn y(&self, fraction: f64) -> f64 {
        self.area.bottom - fraction * self.area.height()
    }

    pub(super) fn draw(
        self,
        lines: &[&ParallelLine],
        colour_scale: &ColourScale,
        style: &Style,
    ) -> Drawing {
        let mut marks = Vec::new();
        for (rank, line) in lines.iter().enumerate() {
            let is_broad = rank + BROAD_LINES >= lines.len();
            marks.extend(self.line(rank, line, is_broad, colour_scale));
        }
        for index in 0..self.axis_layouts.len() {
            self.draw_axis(index, &mut marks);
        }
        let bar = ColourBar::new(
            colour_scale,
            &self.chart.colour_axis,
            axis_height(style),
            style.decimal,
        );
        bar.draw(self.bar_corner, &mut marks);
        let [lines, axes] = &self.notes;
        let notes = [
            (lines, MARGIN, Anchor::Start),
            (axes, self.area.right, Anchor::End),
        ];
        for (note, x, anchor) in notes {
            if let Some(note) = note {
                let at = Point::new(x, self.area.bottom + 6.0 + 0.9 * LINE_HEIGHT);
                let note = truncated(note, FONT_SIZE, (self.area.right - MARGIN) / 2.0 - GAP);
                marks.push(Mark::Text(Text::new(note, at).with_anchor(anchor)));
            }
        }
        titled_drawing(&self.chart.heading, self.width, self.height, marks)
    }

    fn line(
        &self,
        rank: usize,
        line: &ParallelLine,
        is_broad: bool,
        colour_scale: &ColourScale,
    ) -> Option<Mark> {
        let colour = colour_scale.colour(line.colour_value)?;
        let positions = self
            .axis_layouts
            .iter()
            .enumerate()
            .map(|(index, axis_layout)| {
                let fraction = (*axis_layout.crossings.get(rank)?)?;
                Some(Point::new(self.x(index), self.y(fraction)))
            });
        let runs: Vec<Vec<Point>> = contiguous_runs(positions)
            .into_iter()
            .filter(|run| run.len() > 1)
            .collect();
        let stroke = if is_broad {
            Stroke::new(colour, 2.2)
        } else {
            Stroke::new(colour, 1.0).with_opacity(0.8)
        };
        (!runs.is_empty()).then(|| Mark::Group {
            tooltip: line.name.clone(),
            marks: vec![Mark::shape(Outline::Lines(runs), Paint::stroke(stroke))],
        })
    }

    /// Draws an axis with its labels: to the left of the first axis, to the right of all others.
    fn draw_axis(&self, index: usize, marks: &mut Vec<Mark>) {
        let axis_layout = &self.axis_layouts[index];
        let x = self.x(index);
        let ends = (
            Point::new(x, self.area.top),
            Point::new(x, self.area.bottom),
        );
        marks.push(Mark::line(ends.0, ends.1, Stroke::new(AXIS, 1.2)));
        let is_outer = index == 0 || index + 1 == self.axis_layouts.len();
        let (side, anchor) = match index {
            0 => (-1.0, Anchor::End),
            _ => (1.0, Anchor::Start),
        };
        let distance = self.area.width() / self.axis_layouts.len().saturating_sub(1).max(1) as f64;
        let max_label_width = if is_outer {
            self.max_label_width
        } else {
            (distance - 2.0 * GAP - TICK_LENGTH).min(MAX_LABEL_WIDTH)
        };
        // If there is room, names of inner axes are above the lines that they name.
        let label_rise = axis_layout.label_rise * self.area.height() + 9.0;
        let has_room =
            axis_layout.label_rise > 0.0 && axis_layout.label_rise * self.area.height() > 8.0;
        for (fraction, label) in &axis_layout.labels {
            let y = self.y(*fraction);
            let tick = Point::new(x + side * TICK_LENGTH, y);
            marks.push(Mark::line(Point::new(x, y), tick, Stroke::new(AXIS, 1.2)));
            let position = if has_room && !is_outer {
                y - label_rise
            } else {
                y
            };
            let label = match axis_layout.axis {
                ParallelAxis::Categories(_) => {
                    truncated(&label.plain, FONT_SIZE, max_label_width).into()
                }
                ParallelAxis::Numbers(_) => label.clone(),
            };
            let at = Point::new(x + side * (TICK_LENGTH + GAP - 2.0), position);
            marks.push(Mark::Text(
                Text::vertically_centred(label, at)
                    .with_anchor(anchor)
                    .with_halo(),
            ));
        }
        let lines = &self.captions[index];
        for (row, line) in lines.iter().rev().enumerate() {
            let at = Point::new(x, self.area.top - 8.0 - 4.0 - row as f64 * LINE_HEIGHT);
            marks.push(Mark::Text(
                Text::new(line.clone(), at).with_anchor(Anchor::Middle),
            ));
        }
    }
}
