//! Where panels, the vertical axis and the legend stand.

use super::panel::{Panel, STRIP_LINE, draw_strip, reference_look};
use super::{FactorEffect, MainEffects};
use crate::axis::{CAPTION, LeftAxis, draw_left_caption};
use crate::category::Slant;
use crate::colour::BLUE;
use crate::drawing::{Drawing, Paint};
use crate::geometry::{Point, Rectangle};
use crate::legend::{Entry, Legend, Swatch};
use crate::marker::Marker;
use crate::page::{MARGIN, below_title, finished};
use crate::panels::{NARROWEST, PANEL_GAP, Panels};
use crate::scale::Span;
use crate::style::Style;

/// Height of the ground of a name above a panel beyond its lines, in CSS pixels.
const STRIP_ROOM: f64 = 8.0;
/// Between rows of panels, in CSS pixels.
const ROW_GAP: f64 = 14.0;
/// Names of levels are cut to this, in CSS pixels.
const LONGEST_NAME: f64 = 120.0;

/// Where everything stands.
pub(super) struct Sheet<'a> {
    factors: &'a [FactorEffect],
    axis: LeftAxis,
    panels: Panels,
    /// Where the first panel of each row starts.
    left: f64,
    /// Of a panel, in CSS pixels.
    height: f64,
    /// How names of levels stand below each panel, and how they are shown.
    slants: Vec<Slant>,
    names: Vec<Vec<String>>,
    /// The lines of the name above each panel, and the height of all names.
    strips: Vec<Vec<String>>,
    strip: f64,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(factors: &'a [FactorEffect], span: Span, style: &Style) -> Self {
        let all_names: Vec<Vec<String>> =
            factors.iter().map(|factor| factor.names(style)).collect();
        let counts: Vec<usize> = all_names.iter().map(Vec::len).collect();
        let full_width = style.usable_width();
        let panels_from = |left: f64| Panels::new(&counts, full_width - left - MARGIN);
        // Whether there are several rows decides how high panels are.
        let height = panel_height(panels_from(MARGIN).rows.len(), style);
        let axis = LeftAxis::new(span, height, style.decimal);

        let mut left = MARGIN + axis.width();
        let mut panels = panels_from(left);
        let longest = LONGEST_NAME.min(full_width / 4.0);
        let mut slants = slants(&panels, &all_names);
        let mut names = shown(&all_names, &slants, &panels, longest);
        let firsts = panels.rows.iter().map(|row| row.start);
        let reach_of_firsts = firsts
            .map(|first| reach(slants[first], &names[first], panels.slot))
            .fold(0.0, f64::max);
        if left < MARGIN + CAPTION + reach_of_firsts {
            // Names would reach below the caption of the axis. With less room for panels, which
            // of them come first, and which names fit, may change: all are made to rise.
            slants.fill(Slant::Rising);
            names = shown(&all_names, &slants, &panels, longest);
            let reaches = names
                .iter()
                .map(|names| reach(Slant::Rising, names, NARROWEST));
            left = MARGIN + CAPTION + reaches.fold(0.0, f64::max);
            panels = panels_from(left);
        }
        let strips: Vec<Vec<String>> = factors
            .iter()
            .zip(&counts)
            .map(|(factor, &count)| factor.strip(panels.width(count)))
            .collect();
        let lines = strips.iter().map(Vec::len).max().unwrap_or(0);
        Self {
            factors,
            axis,
            panels,
            left,
            height,
            slants,
            names,
            strips,
            strip: lines as f64 * STRIP_LINE + STRIP_ROOM,
        }
    }

    pub(super) fn draw(&self, chart: &MainEffects, style: &Style) -> Drawing {
        let widths = self.panels.rows.iter().map(|row| {
            let counts: Vec<usize> = self.names[row.clone()].iter().map(Vec::len).collect();
            self.panels.row_width(&counts)
        });
        let right = self.left + widths.fold(0.0, f64::max);
        let width = (right + MARGIN).max(style.usable_width().min(360.0));
        let mut marks = Vec::new();
        let mut top = below_title(&chart.heading, width);
        let first_top = top + self.strip;
        let mut last_bottom = first_top;
        for row in self.panels.rows.clone() {
            last_bottom = top + self.strip + self.height;
            let mut left = self.left;
            for index in row.clone() {
                let right = left + self.panels.width(self.names[index].len());
                let ground = Rectangle::new(left, top, right, top + self.strip - 3.0);
                draw_strip(&self.strips[index], ground, &mut marks);
                let area = Rectangle::new(left, top + self.strip, right, last_bottom);
                let is_first = index == row.start;
                self.panel(index, area)
                    .draw(chart.reference, is_first, &mut marks);
                left = right + PANEL_GAP;
            }
            let depths = row.map(|index| self.slants[index].depth(&self.names[index]));
            top = last_bottom + depths.fold(0.0, f64::max) + ROW_GAP;
        }
        draw_left_caption(&chart.y, MARGIN, (first_top, last_bottom), &mut marks);

        let hidden = chart.factors.len() - self.factors.len();
        let legend = Legend::below(chart.legend(hidden, style), width - 2.0 * MARGIN);
        legend.draw(Point::new(MARGIN, top), &mut marks);
        let height = top + legend.height_below() + MARGIN;
        finished(&chart.heading, width, height, marks)
    }

    fn panel(&self, index: usize, area: Rectangle) -> Panel<'_> {
        Panel {
            area,
            factor: &self.factors[index],
            names: &self.names[index],
            slant: self.slants[index],
            axis: &self.axis,
        }
    }
}

impl MainEffects {
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
        let has_reference = self
            .reference
            .is_some_and(|value| self.y.scale.shows(value));
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

/// How the names below each panel stand: level where they fit. Rising names of the next panel
/// pass below level ones.
fn slants(panels: &Panels, names: &[Vec<String>]) -> Vec<Slant> {
    names
        .iter()
        .map(|names| Slant::of(names, panels.slot_of(names.len())))
        .collect()
}

/// The names as they are shown.
fn shown(
    names: &[Vec<String>],
    slants: &[Slant],
    panels: &Panels,
    longest: f64,
) -> Vec<Vec<String>> {
    let names = names.iter().zip(slants);
    names
        .map(|(names, slant)| {
            let slot = panels.slot_of(names.len());
            let shown = |name: &String| slant.shown(name, slot, longest);
            names.iter().map(shown).collect()
        })
        .collect()
}

/// How far names in slots of this width reach to the left of their panel.
fn reach(slant: Slant, names: &[String], slot: f64) -> f64 {
    names
        .iter()
        .zip(0_u32..)
        .map(|(name, index)| slant.reach(name) - (f64::from(index) + 0.5) * slot)
        .fold(0.0, f64::max)
}

fn panel_height(rows: usize, style: &Style) -> f64 {
    match rows {
        0 | 1 => (style.usable_height() - 180.0).clamp(140.0, 260.0),
        _ => 150.0,
    }
}
