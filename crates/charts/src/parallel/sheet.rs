//! Where axes, lines, captions and the bar of colours stand.

use super::rail::Rail;
use super::{ParallelAxis, ParallelCoordinates, ParallelLine};
use crate::colour::AXIS;
use crate::colour_bar::{ColourBar, Colours};
use crate::curve::runs;
use crate::drawing::{Drawing, Mark, Outline, Paint, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::page::{MARGIN, below_title, finished};
use crate::style::Style;
use crate::text::{Anchor, FONT_SIZE, Text, shortened, width, wrapped};

/// Lines, the best, that are drawn broadly.
const BROAD: usize = 5;
/// Between an axis and its labels, and the length of its ticks, in CSS pixels.
const GAP: f64 = 6.0;
const TICK: f64 = 4.0;
/// Labels are cut to this, in CSS pixels.
const LONGEST_LABEL: f64 = 120.0;
/// No label is cut to less, in CSS pixels.
const SHORTEST_CUT: f64 = 72.0;
/// Least distance of axes, in CSS pixels.
const CLOSEST: f64 = 48.0;
/// Before the bar of colours, in CSS pixels.
const BEFORE_BAR: f64 = 20.0;
/// Height of a line of a caption, in CSS pixels.
const LINE: f64 = 16.0;
/// Lines that a caption may have.
const CAPTION_LINES: usize = 3;

/// Of the bar of colours, and at least of the axes, whatever captions leave for them.
pub(super) fn least_height(style: &Style) -> f64 {
    (style.usable_height() - 160.0).clamp(140.0, 320.0)
}

/// Where everything stands.
pub(super) struct Sheet<'a> {
    chart: &'a ParallelCoordinates,
    rails: &'a [Rail<'a>],
    /// Of all axes.
    area: Rectangle,
    captions: Vec<Vec<String>>,
    /// Say how many lines, and how many axes, are left out.
    notes: [Option<String>; 2],
    /// Labels of the outermost axes are cut to this, in CSS pixels.
    longest: f64,
    bar_corner: Point,
    width: f64,
    height: f64,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(
        chart: &'a ParallelCoordinates,
        rails: &'a [Rail<'a>],
        hidden: [usize; 2],
        colours: &Colours,
        style: &Style,
    ) -> Self {
        let longest = LONGEST_LABEL.min(style.usable_width() / 6.0);
        let outer =
            |rail: Option<&Rail>| rail.map_or(0.0, |rail| rail.width_within(longest) + TICK + GAP);
        let bar = ColourBar::new(colours, &chart.colour, least_height(style), style.decimal);
        let gaps = rails.len().saturating_sub(1).max(1) as f64;
        // The caption of the first axis is centred on it.
        let half = rails.first().map_or(0.0, |rail| {
            (width(&rail.caption(), FONT_SIZE) / 2.0).min(longest / 2.0)
        });
        let left = MARGIN + outer(rails.first()).max(half);
        let after = outer(rails.last()) + BEFORE_BAR;
        let closest = rails
            .iter()
            .map(|rail| rail.width_within(SHORTEST_CUT) + TICK + 2.0 * GAP)
            .fold(CLOSEST, f64::max);
        let needed = left + gaps * closest + after + bar.width() + MARGIN;
        let full_width = style.usable_width().max(needed.ceil());
        let bar_left = full_width - MARGIN - bar.width();
        let right = bar_left - after;
        let distance = (right - left) / gaps;
        let outermost = [0, rails.len() - 1];
        let captions: Vec<Vec<String>> = rails
            .iter()
            .enumerate()
            .map(|(index, rail)| {
                let limit = if outermost.contains(&index) {
                    (distance - 8.0).min(longest)
                } else {
                    distance - 8.0
                };
                wrapped(&rail.caption(), FONT_SIZE, limit, CAPTION_LINES)
            })
            .collect();
        let lines = captions.iter().map(Vec::len).max().unwrap_or(0);
        let top = below_title(&chart.heading, full_width) + lines as f64 * LINE + 8.0;
        let notes = hidden.map(|count| (count > 0).then(|| style.and_more(count)));
        let below = if notes.iter().any(Option::is_some) {
            LINE + 6.0
        } else {
            0.0
        };
        let bottom = (style.usable_height() - MARGIN - below).max(top + 140.0);
        Self {
            chart,
            rails,
            area: Rectangle::new(left, top, right, bottom),
            captions,
            notes,
            longest,
            bar_corner: Point::new(bar_left, top),
            width: full_width,
            height: bottom + below + MARGIN,
        }
    }

    fn x(&self, index: usize) -> f64 {
        let gaps = self.rails.len().saturating_sub(1).max(1) as f64;
        self.area.left + index as f64 / gaps * self.area.width()
    }

    fn y(&self, share: f64) -> f64 {
        self.area.bottom - share * self.area.height()
    }

    pub(super) fn draw(self, lines: &[&ParallelLine], colours: &Colours, style: &Style) -> Drawing {
        let mut marks = Vec::new();
        for (rank, line) in lines.iter().enumerate() {
            let is_broad = rank + BROAD >= lines.len();
            marks.extend(self.line(rank, line, is_broad, colours));
        }
        for index in 0..self.rails.len() {
            self.draw_rail(index, &mut marks);
        }
        let bar = ColourBar::new(
            colours,
            &self.chart.colour,
            least_height(style),
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
                let at = Point::new(x, self.area.bottom + 6.0 + 0.9 * LINE);
                let note = shortened(note, FONT_SIZE, (self.area.right - MARGIN) / 2.0 - GAP);
                marks.push(Mark::Text(Text::new(note, at).anchored(anchor)));
            }
        }
        finished(&self.chart.heading, self.width, self.height, marks)
    }

    fn line(
        &self,
        rank: usize,
        line: &ParallelLine,
        is_broad: bool,
        colours: &Colours,
    ) -> Option<Mark> {
        let colour = colours.of(line.colour)?;
        let places = self.rails.iter().enumerate().map(|(index, rail)| {
            let share = (*rail.crossings.get(rank)?)?;
            Some(Point::new(self.x(index), self.y(share)))
        });
        let runs: Vec<Vec<Point>> = runs(places)
            .into_iter()
            .filter(|run| run.len() > 1)
            .collect();
        let stroke = if is_broad {
            Stroke::new(colour, 2.2)
        } else {
            Stroke::new(colour, 1.0).translucent(0.8)
        };
        (!runs.is_empty()).then(|| Mark::Group {
            name: line.name.clone(),
            marks: vec![Mark::shape(Outline::Lines(runs), Paint::stroke(stroke))],
        })
    }

    /// An axis with its labels, on the left for the first and on the right for all others.
    fn draw_rail(&self, index: usize, marks: &mut Vec<Mark>) {
        let rail = &self.rails[index];
        let x = self.x(index);
        let ends = (
            Point::new(x, self.area.top),
            Point::new(x, self.area.bottom),
        );
        marks.push(Mark::line(ends.0, ends.1, Stroke::new(AXIS, 1.2)));
        let is_outer = index == 0 || index + 1 == self.rails.len();
        let (side, anchor) = match index {
            0 => (-1.0, Anchor::End),
            _ => (1.0, Anchor::Start),
        };
        let distance = self.area.width() / self.rails.len().saturating_sub(1).max(1) as f64;
        let longest = if is_outer {
            self.longest
        } else {
            (distance - 2.0 * GAP - TICK).min(LONGEST_LABEL)
        };
        // Where there is room, names of inner axes stand above the lines that they name.
        let raised = rail.raised * self.area.height() + 9.0;
        let has_room = rail.raised > 0.0 && rail.raised * self.area.height() > 8.0;
        for (share, label) in &rail.labels {
            let y = self.y(*share);
            let tick = Point::new(x + side * TICK, y);
            marks.push(Mark::line(Point::new(x, y), tick, Stroke::new(AXIS, 1.2)));
            let place = if has_room && !is_outer { y - raised } else { y };
            let label = match rail.axis {
                ParallelAxis::Categories(_) => shortened(&label.plain, FONT_SIZE, longest).into(),
                ParallelAxis::Numbers(_) => label.clone(),
            };
            let at = Point::new(x + side * (TICK + GAP - 2.0), place);
            marks.push(Mark::Text(
                Text::beside(label, at).anchored(anchor).rimmed(),
            ));
        }
        let lines = &self.captions[index];
        for (row, line) in lines.iter().rev().enumerate() {
            let at = Point::new(x, self.area.top - 8.0 - 4.0 - row as f64 * LINE);
            marks.push(Mark::Text(
                Text::new(line.clone(), at).anchored(Anchor::Middle),
            ));
        }
    }
}
