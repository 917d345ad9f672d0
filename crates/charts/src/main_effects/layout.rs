//! The layout of a main-effects chart: panels, vertical axis and legend.

use crate::axes::category_labels::LabelOrientation;
use crate::axes::left_axis::{CAPTION_WIDTH, LeftAxis, draw_left_caption};
use crate::components::frame::{MARGIN, content_top, titled_drawing};
use crate::components::legend::{Legend, LegendEntry, Swatch};
use crate::components::panel_grid::{MIN_SLOT_WIDTH, PANEL_GAP, PanelGrid};
use crate::drawing::Drawing;
use crate::main_effects::data::{FactorEffect, MainEffects};
use crate::main_effects::panel::{Panel, STRIP_LINE_HEIGHT, draw_strip, reference_style};
use crate::primitives::colour::BLUE;
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::marker::Marker;
use crate::primitives::paint::Paint;
use crate::scales::domain::Domain;
use crate::style::Style;

/// Padding of the title strip above a panel, in CSS pixels.
const STRIP_PADDING: f64 = 8.0;
/// Gap between rows of panels, in CSS pixels.
const ROW_GAP: f64 = 14.0;
/// Maximum width of level labels, in CSS pixels.
const MAX_NAME_WIDTH: f64 = 120.0;

/// Positions of all parts of a main-effects chart.
pub(super) struct Layout<'a> {
    factors: &'a [FactorEffect],
    axis: LeftAxis,
    panels: PanelGrid,
    /// x coordinate of the first panel of each row.
    left: f64,
    /// Height of a panel, in CSS pixels.
    height: f64,
    /// Orientation and text of the level labels of each panel.
    orientations: Vec<LabelOrientation>,
    names: Vec<Vec<String>>,
    /// Lines in the title strip of each panel, and the height of the strips.
    strips: Vec<Vec<String>>,
    strip: f64,
}

impl<'a> Layout<'a> {
    pub(super) fn new(factors: &'a [FactorEffect], domain: Domain, style: &Style) -> Self {
        let all_names: Vec<Vec<String>> =
            factors.iter().map(|factor| factor.names(style)).collect();
        let counts: Vec<usize> = all_names.iter().map(Vec::len).collect();
        let full_width = style.usable_width();
        let panels_from = |left: f64| PanelGrid::new(&counts, full_width - left - MARGIN);
        // The height of the panels depends on the number of rows.
        let height = panel_height(panels_from(MARGIN).rows.len(), style);
        let axis = LeftAxis::new(domain, height, style.decimal);

        let mut left = MARGIN + axis.width();
        let mut panels = panels_from(left);
        let longest = MAX_NAME_WIDTH.min(full_width / 4.0);
        let mut orientations = orientations(&panels, &all_names);
        let mut names = shown(&all_names, &orientations, &panels, longest);
        let firsts = panels.rows.iter().map(|row| row.start);
        let reach_of_firsts = firsts
            .map(|first| reach(orientations[first], &names[first], panels.slot))
            .fold(0.0, f64::max);
        if left < MARGIN + CAPTION_WIDTH + reach_of_firsts {
            // Labels would overlap the caption of the axis. Less room for panels can change the
            // first panels of the rows and which labels fit, so slant all labels.
            orientations.fill(LabelOrientation::Slanted);
            names = shown(&all_names, &orientations, &panels, longest);
            let reaches = names
                .iter()
                .map(|names| reach(LabelOrientation::Slanted, names, MIN_SLOT_WIDTH));
            left = MARGIN + CAPTION_WIDTH + reaches.fold(0.0, f64::max);
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
            orientations,
            names,
            strips,
            strip: lines as f64 * STRIP_LINE_HEIGHT + STRIP_PADDING,
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
        let mut top = content_top(&chart.heading, width);
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
            let depths = row.map(|index| self.orientations[index].height(&self.names[index]));
            top = last_bottom + depths.fold(0.0, f64::max) + ROW_GAP;
        }
        draw_left_caption(&chart.y, MARGIN, (first_top, last_bottom), &mut marks);

        let hidden = chart.factors.len() - self.factors.len();
        let legend = Legend::below(chart.legend(hidden, style), width - 2.0 * MARGIN);
        legend.draw(Point::new(MARGIN, top), &mut marks);
        let height = top + legend.bottom_height() + MARGIN;
        titled_drawing(&chart.heading, width, height, marks)
    }

    fn panel(&self, index: usize, area: Rectangle) -> Panel<'_> {
        Panel {
            area,
            factor: &self.factors[index],
            names: &self.names[index],
            orientation: self.orientations[index],
            axis: &self.axis,
        }
    }
}

impl MainEffects {
    fn legend(&self, hidden: usize, style: &Style) -> Vec<LegendEntry> {
        let point = Swatch::Marker {
            marker: Marker::Circle,
            radius: 4.0,
            paint: Paint::fill(BLUE),
        };
        let line = Swatch::Line {
            series_style: reference_style(),
            markers: false,
        };
        let has_reference = self
            .reference
            .is_some_and(|value| self.y.scale.can_show(value));
        let named = [
            (point, &self.point_label, true),
            (Swatch::ErrorBar(BLUE), &self.interval_label, true),
            (line, &self.reference_label, has_reference),
        ];
        let entries = named
            .into_iter()
            .filter(|(_, text, is_shown)| *is_shown && !text.is_empty())
            .map(|(swatch, text, _)| LegendEntry {
                swatch,
                text: text.clone(),
            });
        let more = (hidden > 0).then(|| LegendEntry {
            swatch: Swatch::Blank,
            text: style.and_more(hidden),
        });
        entries.chain(more).collect()
    }
}

/// Returns the orientation of the labels of each panel. Slanted labels of the next panel pass below
/// horizontal ones.
fn orientations(panels: &PanelGrid, names: &[Vec<String>]) -> Vec<LabelOrientation> {
    names
        .iter()
        .map(|names| LabelOrientation::fitting(names, panels.slot_of(names.len())))
        .collect()
}

/// Returns the labels as displayed.
fn shown(
    names: &[Vec<String>],
    orientations: &[LabelOrientation],
    panels: &PanelGrid,
    longest: f64,
) -> Vec<Vec<String>> {
    let names = names.iter().zip(orientations);
    names
        .map(|(names, orientation)| {
            let slot = panels.slot_of(names.len());
            let shown = |name: &String| orientation.truncated(name, slot, longest);
            names.iter().map(shown).collect()
        })
        .collect()
}

/// Returns how far labels in slots of this width extend to the left of their panel.
fn reach(orientation: LabelOrientation, names: &[String], slot: f64) -> f64 {
    names
        .iter()
        .zip(0_u32..)
        .map(|(name, index)| orientation.left_overhang(name) - (f64::from(index) + 0.5) * slot)
        .fold(0.0, f64::max)
}

fn panel_height(rows: usize, style: &Style) -> f64 {
    match rows {
        0 | 1 => (style.usable_height() - 180.0).clamp(140.0, 260.0),
        _ => 150.0,
    }
}
