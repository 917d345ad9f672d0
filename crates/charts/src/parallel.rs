//! Whole configurations as lines across an axis for each factor.

use crate::axis::Axis;
use crate::better::Better;
use crate::category::Categories;
use crate::chart::Chart;
use crate::colour::AXIS;
use crate::colour_bar::{ColourBar, Colours};
use crate::curve::runs;
use crate::drawing::{Drawing, Mark, Outline, Paint, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::page::{MARGIN, below_title, finished, without_data};
use crate::scale::Span;
use crate::style::{Heading, Style};
use crate::text::{Anchor, FONT_SIZE, Label, Text, shortened, width, wrapped};
use crate::ticks::ticks;

/// Lines across upright axes, coloured by a value; the best are dark and on top.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParallelCoordinates {
    /// Title and description.
    pub heading: Heading,
    /// From left to right; after 16, axes are left out.
    pub axes: Vec<ParallelAxis>,
    /// In any order; of more than 500, the best are shown.
    pub lines: Vec<ParallelLine>,
    /// What the colours stand for.
    pub colour: Axis,
    /// Which values are the good ones.
    pub better: Better,
}

/// An axis that lines cross.
#[derive(Clone, Debug, PartialEq)]
pub enum ParallelAxis {
    /// Of names; lines through one name are fanned out, so that each can be followed. After 24,
    /// names are left out.
    Categories(Categories),
    /// Of numbers.
    Numbers(Axis),
}

/// A configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParallelLine {
    /// Told when a pointer is held over the line.
    pub name: String,
    /// A value for each axis: a number, or the index of a name. What is missing is a gap.
    pub values: Vec<f64>,
    /// Gives the colour; lines without are left out.
    pub colour: f64,
}

const MOST_AXES: usize = 16;
const MOST_LINES: usize = 500;
const MOST_NAMES: usize = 24;
/// Lines, the best, that are drawn broadly.
const BROAD: usize = 5;
/// Share of the distance between names over which the lines through one are fanned out.
const FAN: f64 = 0.42;
/// Between an axis and its labels, and the length of its ticks, in CSS pixels.
const GAP: f64 = 6.0;
const TICK: f64 = 4.0;
/// Labels are cut to this, in CSS pixels.
const LONGEST_LABEL: f64 = 120.0;
/// Height of a line of a caption, in CSS pixels.
const LINE: f64 = 16.0;
/// Lines that a caption may have.
const CAPTION_LINES: usize = 3;
/// Lightest colour of a line: paler ones are not seen on white.
const LIGHTEST: f64 = 0.2;

impl Chart for ParallelCoordinates {
    fn draw(&self, style: &Style) -> Drawing {
        let axes = &self.axes[..self.axes.len().min(MOST_AXES)];
        let lines = self.ranked();
        let shown = &lines[lines.len().saturating_sub(MOST_LINES)..];
        let colours = Span::exactly(self.colour.scale, shown.iter().map(|line| line.colour));
        let Some(colours) = colours else {
            return without_data(&self.heading, style);
        };
        let colours = Colours::new(colours, self.better, LIGHTEST);
        let rails: Vec<Rail> = axes
            .iter()
            .enumerate()
            .map(|(index, axis)| Rail::new(axis, index, shown, style))
            .collect();
        if rails.iter().all(|rail| rail.labels.is_empty()) {
            return without_data(&self.heading, style);
        }
        let hidden = lines.len() - shown.len();
        Sheet::new(self, &rails, hidden, &colours, style).draw(shown, &colours, style)
    }
}

impl ParallelCoordinates {
    /// The lines that have a colour, the best last.
    fn ranked(&self) -> Vec<&ParallelLine> {
        let coloured = |line: &&ParallelLine| self.colour.scale.shows(line.colour);
        let mut lines: Vec<&ParallelLine> = self.lines.iter().filter(coloured).collect();
        let merit = |line: &ParallelLine| self.better.merit(line.colour);
        // Of equals the first stays on top.
        lines.reverse();
        lines.sort_by(|one, two| merit(one).total_cmp(&merit(two)));
        lines
    }
}

/// An axis with the heights at which lines cross it.
struct Rail<'a> {
    axis: &'a ParallelAxis,
    /// Share of the height, from the bottom, and text.
    labels: Vec<(f64, Label)>,
    /// Share of the height for each line; nothing for a gap.
    crossings: Vec<Option<f64>>,
    /// Share of the height by which labels stand above the lines that they name.
    raised: f64,
}

impl<'a> Rail<'a> {
    fn new(axis: &'a ParallelAxis, index: usize, lines: &[&ParallelLine], style: &Style) -> Self {
        let value = |line: &&ParallelLine| line.values.get(index).copied().unwrap_or(f64::NAN);
        let values: Vec<f64> = lines.iter().map(value).collect();
        match axis {
            ParallelAxis::Categories(categories) => {
                Self::of_names(axis, categories, &values, style)
            }
            ParallelAxis::Numbers(numbers) => Self::of_numbers(axis, numbers, &values, style),
        }
    }

    fn of_numbers(axis: &'a ParallelAxis, numbers: &Axis, values: &[f64], style: &Style) -> Self {
        let Some(span) = Span::around(numbers.scale, values.iter().copied()) else {
            return Self {
                axis,
                labels: Vec::new(),
                crossings: vec![None; values.len()],
                raised: 0.0,
            };
        };
        let labels = ticks(&span, 5, false, style.decimal)
            .into_iter()
            .filter_map(|tick| Some((span.share(tick.value)?, tick.label)));
        Self {
            axis,
            labels: labels.collect(),
            crossings: values.iter().map(|&value| span.share(value)).collect(),
            raised: 0.0,
        }
    }

    fn of_names(
        axis: &'a ParallelAxis,
        categories: &Categories,
        values: &[f64],
        style: &Style,
    ) -> Self {
        let names = &categories.names[..categories.names.len().min(MOST_NAMES)];
        let hidden = categories.names.len() - names.len();
        let more = (hidden > 0).then(|| style.and_more(hidden));
        let texts: Vec<String> = names.iter().cloned().chain(more).collect();
        let slots = texts.len().max(1) as f64;
        // The first name stands at the top.
        let middle = |index: usize| 1.0 - (index as f64 + 0.5) / slots;
        let index_of = |value: f64| {
            let is_index = value >= 0.0 && value < names.len() as f64 && value.fract() == 0.0;
            is_index.then_some(value as usize)
        };
        let mut through = vec![0_usize; names.len()];
        for index in values.iter().copied().filter_map(index_of) {
            through[index] += 1;
        }
        let mut seen = vec![0_usize; names.len()];
        let crossings = values.iter().map(|&value| {
            let index = index_of(value)?;
            seen[index] += 1;
            let place = match through[index] {
                1 => 0.0,
                count => (seen[index] - 1) as f64 / (count - 1) as f64 - 0.5,
            };
            Some(middle(index) + place * FAN / slots)
        });
        Self {
            axis,
            crossings: crossings.collect(),
            labels: texts
                .into_iter()
                .enumerate()
                .map(|(index, name)| (middle(index), name.into()))
                .collect(),
            raised: (FAN / 2.0) / slots,
        }
    }

    fn caption(&self) -> String {
        match self.axis {
            ParallelAxis::Categories(categories) => categories.caption(f64::INFINITY),
            ParallelAxis::Numbers(numbers) => numbers.caption(f64::INFINITY),
        }
    }

    /// In CSS pixels.
    fn label_width(&self) -> f64 {
        let widest = self.labels.iter().map(|(_, label)| label.width());
        widest.fold(0.0, f64::max)
    }
}

/// Where everything stands.
struct Sheet<'a> {
    chart: &'a ParallelCoordinates,
    rails: &'a [Rail<'a>],
    /// Of all axes.
    area: Rectangle,
    captions: Vec<Vec<String>>,
    /// Says how many lines are left out.
    note: Option<String>,
    bar_corner: Point,
    width: f64,
}

impl<'a> Sheet<'a> {
    fn new(
        chart: &'a ParallelCoordinates,
        rails: &'a [Rail<'a>],
        hidden: usize,
        colours: &Colours,
        style: &Style,
    ) -> Self {
        let full_width = style.usable_width();
        let note = (hidden > 0).then(|| style.and_more(hidden));
        let outer = |rail: Option<&Rail>| {
            rail.map_or(0.0, |rail| {
                rail.label_width().min(LONGEST_LABEL) + GAP + TICK
            })
        };
        let bar = ColourBar::new(colours, &chart.colour, 200.0, style.decimal);
        let bar_left = full_width - MARGIN - bar.width();
        let right = match rails.len() {
            1 => bar_left - 24.0,
            _ => bar_left - 24.0 - outer(rails.last()),
        };
        let gaps = rails.len().saturating_sub(1).max(1) as f64;
        // The captions of the outermost axes are centred on them.
        let caption_half = |rail: Option<&Rail>, distance: f64| {
            rail.map_or(0.0, |rail| {
                let longest = width(&rail.caption(), FONT_SIZE).min(distance - 8.0);
                longest / 2.0
            })
        };
        let rough = (right - MARGIN - outer(rails.first())) / gaps;
        let left = MARGIN + outer(rails.first()).max(caption_half(rails.first(), rough));
        let distance = (right - left) / gaps;
        let captions: Vec<Vec<String>> = rails
            .iter()
            .map(|rail| wrapped(&rail.caption(), FONT_SIZE, distance - 8.0, CAPTION_LINES))
            .collect();
        let lines = captions.iter().map(Vec::len).max().unwrap_or(0);
        let top = below_title(&chart.heading, full_width) + lines as f64 * LINE + 8.0;
        let below = match note {
            Some(_) => LINE + 6.0,
            None => 0.0,
        };
        let bottom = (style.usable_height() - MARGIN - below).max(top + 140.0);
        Self {
            chart,
            rails,
            area: Rectangle::new(left, top, right, bottom),
            captions,
            note,
            bar_corner: Point::new(bar_left, top),
            width: full_width,
        }
    }

    fn x(&self, index: usize) -> f64 {
        let gaps = self.rails.len().saturating_sub(1).max(1) as f64;
        self.area.left + index as f64 / gaps * self.area.width()
    }

    fn y(&self, share: f64) -> f64 {
        self.area.bottom - share * self.area.height()
    }

    fn draw(self, lines: &[&ParallelLine], colours: &Colours, style: &Style) -> Drawing {
        let mut marks = Vec::new();
        for (rank, line) in lines.iter().enumerate() {
            let is_broad = rank + BROAD >= lines.len();
            marks.extend(self.line(rank, line, is_broad, colours));
        }
        for index in 0..self.rails.len() {
            self.draw_rail(index, &mut marks);
        }
        let height = self.area.height().min(320.0);
        let bar = ColourBar::new(colours, &self.chart.colour, height, style.decimal);
        bar.draw(self.bar_corner, &mut marks);
        if let Some(note) = &self.note {
            let at = Point::new(MARGIN, self.area.bottom + 6.0 + 0.9 * LINE);
            let note = shortened(note, FONT_SIZE, self.width - 2.0 * MARGIN);
            marks.push(Mark::Text(Text::new(note, at)));
        }
        let below = if self.note.is_some() { LINE + 6.0 } else { 0.0 };
        let height = self.area.bottom + below + MARGIN;
        finished(&self.chart.heading, self.width, height, marks)
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
        let stroke = match is_broad {
            true => Stroke::new(colour, 2.2),
            false => Stroke::new(colour, 1.0).translucent(0.8),
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
        let longest = match is_outer {
            true => LONGEST_LABEL,
            false => (distance - 2.0 * GAP - TICK).clamp(10.0, LONGEST_LABEL),
        };
        // Where there is room, names of inner axes stand above the lines that they name.
        let raised = rail.raised * self.area.height() + 9.0;
        let has_room = rail.raised > 0.0 && rail.raised * self.area.height() > 8.0;
        for (share, label) in &rail.labels {
            let y = self.y(*share);
            let tick = Point::new(x + side * TICK, y);
            marks.push(Mark::line(Point::new(x, y), tick, Stroke::new(AXIS, 1.2)));
            let place = match has_room && !is_outer {
                true => y - raised,
                false => y,
            };
            let mut label = label.clone();
            label.plain = shortened(&label.plain, FONT_SIZE, longest);
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
