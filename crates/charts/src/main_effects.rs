//! What each factor changes by itself: a panel for each, all on one vertical axis.

use crate::axis::{Axis, LeftAxis, caption};
use crate::category::Slant;
use crate::chart::Chart;
use crate::colour::{AXIS, BLUE, EMPTY};
use crate::curve::runs;
use crate::drawing::{Drawing, Mark, Outline, Paint, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::interval::interval;
use crate::legend::{Entry, Legend, Swatch};
use crate::look::{DASHES, Look};
use crate::marker::Marker;
use crate::page::{MARGIN, below_title, finished, without_data};
use crate::panels::{PANEL_GAP, Panels};
use crate::scale::Span;
use crate::style::{Heading, Style};
use crate::text::{Anchor, FONT_SIZE, Text, width, wrapped};

/// The mean of a metric at each level of each factor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MainEffects {
    /// Title and description.
    pub heading: Heading,
    /// The metric.
    pub y: Axis,
    /// A panel each; after 24, factors are left out.
    pub factors: Vec<FactorEffect>,
    /// A line across all panels, such as the mean of all trials; not a number where there is none.
    pub reference: f64,
    /// What the legend calls the points: "mean over trials". Empty for no entry.
    pub point: String,
    /// What the legend calls the bars: "95 % interval". Empty for no entry.
    pub interval: String,
    /// What the legend calls the line across: "mean of all trials". Empty for no entry.
    pub reference_name: String,
}

/// A factor with its levels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FactorEffect {
    /// Above the panel.
    pub name: String,
    /// Stands in parentheses after the name; may be empty.
    pub unit: String,
    /// From left to right; after 16, levels are left out.
    pub levels: Vec<LevelEffect>,
}

/// The metric at one level. Numbers that are not finite are missing.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelEffect {
    /// Below the panel.
    pub name: String,
    /// The point.
    pub value: f64,
    /// The lower end of the bar.
    pub low: f64,
    /// The upper end of the bar.
    pub high: f64,
}

const MOST_FACTORS: usize = 24;
const MOST_LEVELS: usize = 16;
/// Height of a line of the name above a panel, and of what is about it, in CSS pixels.
const STRIP_LINE: f64 = 15.0;
const STRIP_ROOM: f64 = 8.0;
/// Lines that names above panels may have.
const STRIP_LINES: usize = 2;
/// Between rows of panels, in CSS pixels.
const ROW_GAP: f64 = 14.0;
/// Names of levels are cut to this, in CSS pixels.
const LONGEST_NAME: f64 = 120.0;

impl Chart for MainEffects {
    fn draw(&self, style: &Style) -> Drawing {
        let factors = &self.factors[..self.factors.len().min(MOST_FACTORS)];
        let levels = || factors.iter().flat_map(|factor| factor.shown());
        let values = levels().map(|level| level.value);
        if !values.clone().any(|value| self.y.scale.shows(value)) {
            return without_data(&self.heading, style);
        }
        let ends = levels().flat_map(|level| [level.low, level.high]);
        let all = values.chain(ends).chain([self.reference]);
        match Span::around(self.y.scale, all) {
            None => without_data(&self.heading, style),
            Some(span) => self.draw_factors(factors, span, style),
        }
    }
}

impl MainEffects {
    fn draw_factors(&self, factors: &[FactorEffect], span: Span, style: &Style) -> Drawing {
        let names: Vec<Vec<String>> = factors.iter().map(|factor| factor.names(style)).collect();
        let counts: Vec<usize> = names.iter().map(Vec::len).collect();
        let full_width = style.usable_width();
        let rows_of = |left: f64| Panels::new(&counts, full_width - left - MARGIN);
        // Whether there are several rows decides how high panels are.
        let height = panel_height(rows_of(MARGIN).rows.len(), style);
        let axis = LeftAxis::new(span, height, style.decimal);
        let mut left = MARGIN + axis.width();
        let panels = rows_of(left);
        let slants = slants(&panels, &names);
        let longest = LONGEST_NAME.min(full_width / 4.0);
        let shown: Vec<Vec<String>> = names
            .iter()
            .zip(&slants)
            .map(|(names, slant)| {
                let shown = |name: &String| slant.shown(name, panels.slot, longest);
                names.iter().map(shown).collect()
            })
            .collect();
        // Names that rise may reach further to the left than the axis.
        let reach = panels
            .rows
            .iter()
            .filter_map(|row| Some(slants[row.start].reach(shown[row.start].first()?)))
            .fold(0.0, f64::max);
        left = left.max(MARGIN + reach - panels.slot / 2.0);
        let panels = rows_of(left);
        let strips: Vec<Vec<String>> = factors
            .iter()
            .zip(&counts)
            .map(|(factor, &count)| factor.strip(panels.width(count)))
            .collect();
        let lines = strips.iter().map(Vec::len).max().unwrap_or(0);
        let strip = lines as f64 * STRIP_LINE + STRIP_ROOM;

        let mut marks = Vec::new();
        let mut top = below_title(&self.heading, full_width);
        let first_top = top + strip;
        let mut last_bottom = first_top;
        let mut right: f64 = 0.0;
        for row in &panels.rows {
            let mut x = left;
            last_bottom = top + strip + height;
            for index in row.clone() {
                let width = panels.width(counts[index]);
                let area = Rectangle::new(x, top + strip, x + width, last_bottom);
                draw_strip(
                    &strips[index],
                    Rectangle {
                        top,
                        bottom: area.top - 3.0,
                        ..area
                    },
                    &mut marks,
                );
                let panel = Panel {
                    area,
                    factor: &factors[index],
                    names: &shown[index],
                    slant: slants[index],
                    axis: &axis,
                };
                panel.draw(self.reference, index == row.start, &mut marks);
                right = right.max(area.right);
                x += width + PANEL_GAP;
            }
            let depth = row
                .clone()
                .map(|index| slants[index].depth(&shown[index]))
                .fold(0.0, f64::max);
            top = last_bottom + depth + ROW_GAP;
        }
        axis.draw_caption(&self.y, left, (first_top, last_bottom), &mut marks);

        let width = (right + MARGIN).max(full_width.min(360.0));
        let hidden = self.factors.len() - factors.len();
        let legend = Legend::below(self.legend(hidden, style), width - 2.0 * MARGIN);
        legend.draw(Point::new(MARGIN, top), &mut marks);
        let height = top + legend.height_below() + MARGIN;
        finished(&self.heading, width, height, marks)
    }

    fn legend(&self, hidden: usize, style: &Style) -> Vec<Entry> {
        let point = Swatch::Marker {
            marker: Marker::Circle,
            radius: 4.0,
            paint: Paint::fill(BLUE),
        };
        let line = Swatch::Line {
            look: reference_look(),
            markers: false,
        };
        let has_reference = self.y.scale.shows(self.reference);
        let named = [
            (point, &self.point, true),
            (Swatch::Interval(BLUE), &self.interval, true),
            (line, &self.reference_name, has_reference),
        ];
        let entries = named
            .into_iter()
            .filter(|(_, text, is_there)| *is_there && !text.is_empty())
            .map(|(swatch, text, _)| Entry {
                swatch,
                text: text.clone(),
            });
        let more = (hidden > 0).then(|| Entry {
            swatch: Swatch::Nothing,
            text: style.and_more(hidden),
        });
        entries.chain(more).collect()
    }
}

/// How the names below each panel stand: level where they fit, and where no rising name of the
/// next panel reaches below them.
fn slants(panels: &Panels, names: &[Vec<String>]) -> Vec<Slant> {
    let mut slants = vec![Slant::Level; names.len()];
    for row in &panels.rows {
        // How far the next panel's names reach below this panel, in CSS pixels.
        let mut overhang = f64::NEG_INFINITY;
        for index in row.clone().rev() {
            let names = &names[index];
            let last = names.last().map_or(0.0, |name| width(name, FONT_SIZE));
            let slant = match overhang + 4.0 <= (panels.slot - last) / 2.0 {
                true => Slant::of(names, panels.slot),
                false => Slant::Rising,
            };
            let reach = names.first().map_or(0.0, |name| slant.reach(name));
            overhang = reach - panels.slot / 2.0 - PANEL_GAP;
            slants[index] = slant;
        }
    }
    slants
}

/// The name above a panel.
fn draw_strip(lines: &[String], area: Rectangle, marks: &mut Vec<Mark>) {
    marks.push(Mark::rectangle(area, EMPTY));
    for (index, line) in lines.iter().enumerate() {
        let row = index as f64 - (lines.len() - 1) as f64 / 2.0;
        let at = area.centre().moved(0.0, row * STRIP_LINE);
        let text = Text::beside(line.clone(), at).anchored(Anchor::Middle);
        marks.push(Mark::Text(text));
    }
}

/// Of the line across all panels.
fn reference_look() -> Look {
    Look {
        colour: AXIS,
        dash: DASHES[1],
        width: 1.2,
        ..Look::of_category(0)
    }
}

fn panel_height(rows: usize, style: &Style) -> f64 {
    match rows {
        0 | 1 => (style.usable_height() - 180.0).clamp(140.0, 260.0),
        _ => 150.0,
    }
}

impl FactorEffect {
    fn shown(&self) -> &[LevelEffect] {
        &self.levels[..self.levels.len().min(MOST_LEVELS)]
    }

    /// Name and unit in lines above a panel of this width.
    fn strip(&self, width: f64) -> Vec<String> {
        let name = caption(&self.name, &self.unit, f64::INFINITY);
        wrapped(&name, FONT_SIZE, width - 6.0, STRIP_LINES)
    }

    /// Of the levels that are shown, and a last one for those that are not.
    fn names(&self, style: &Style) -> Vec<String> {
        let hidden = self.levels.len() - self.shown().len();
        let more = (hidden > 0).then(|| style.and_more(hidden));
        let names = self.shown().iter().map(|level| level.name.clone());
        names.chain(more).collect()
    }
}

/// A factor at its place.
struct Panel<'a> {
    area: Rectangle,
    factor: &'a FactorEffect,
    names: &'a [String],
    slant: Slant,
    axis: &'a LeftAxis,
}

impl Panel<'_> {
    fn draw(&self, reference: f64, is_first: bool, marks: &mut Vec<Mark>) {
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
        if let Some(y) = self.axis.place(area, reference) {
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
            let mut level_marks = Vec::new();
            let ends = (level.low.is_finite() && level.high.is_finite())
                .then(|| place(index, level.high).zip(place(index, level.low)))
                .flatten();
            if let Some((high, low)) = ends {
                level_marks.push(interval(high, low, BLUE));
            }
            if let Some(at) = place(index, level.value) {
                let outline = Marker::Circle.outline(&[at], 4.0);
                level_marks.push(Mark::shape(outline, Paint::fill(BLUE)));
            }
            if !level_marks.is_empty() {
                marks.push(Mark::Group {
                    name: format!("{}: {}", self.factor.name, level.name),
                    marks: level_marks,
                });
            }
        }
    }
}
