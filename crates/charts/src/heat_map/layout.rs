//! The layout of a heat map: cells, labels, captions and colour bar.

use crate::axes::axis::Axis;
use crate::axes::caption::{draw_caption, draw_vertical_caption};
use crate::axes::category_labels::LabelOrientation;
use crate::components::colour_bar::ColourBar;
use crate::components::frame::{MARGIN, content_top, titled_drawing};
use crate::drawing::Drawing;
use crate::heat_map::data::HeatMap;
use crate::primitives::colour::{Colour, LIGHT_GREY, WHITE};
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::{Mark, Outline};
use crate::primitives::paint::{Paint, Stroke};
use crate::primitives::text::{Anchor, FONT_SIZE, Text};
use crate::primitives::text_width::{text_width, truncated};
use crate::scales::colour_scale::ColourScale;
use crate::scales::number_format::format_fixed;
use crate::style::Style;
use std::collections::BTreeMap;

/// Width of a cell, in CSS pixels.
const MIN_CELL_WIDTH: f64 = 11.0;
const MAX_CELL_WIDTH: f64 = 110.0;
/// Height of a cell, in CSS pixels.
const MIN_CELL_HEIGHT: f64 = 16.0;
const MAX_CELL_HEIGHT: f64 = 34.0;
/// Maximum width of row and column labels, in CSS pixels.
const MAX_NAME_WIDTH: f64 = 150.0;
/// Gap between labels and cells, and between cells and colour bar, in CSS pixels.
const GAP: f64 = 8.0;
const COLOUR_BAR_GAP: f64 = 22.0;
/// Line height of text, in CSS pixels.
const LINE_HEIGHT: f64 = 16.0;
/// Height of the colour bar, in CSS pixels; between these limits it equals that of the cells.
const MIN_BAR_HEIGHT: f64 = 110.0;
const MAX_BAR_HEIGHT: f64 = 420.0;
/// Maximum width of the caption for which the bar may be taller than the cells, in CSS pixels.
const MAX_CAPTION_WIDTH: f64 = 220.0;
/// Font sizes of the numbers in cells; the largest that fits is used.
const FONT_SIZES: [f64; 4] = [12.0, 11.0, 10.0, 9.0];

fn bar_height(colour: &Axis, cells: f64) -> f64 {
    let caption = text_width(&colour.caption(MAX_CAPTION_WIDTH), FONT_SIZE) + 1.0;
    cells.clamp(MIN_BAR_HEIGHT.max(caption), MAX_BAR_HEIGHT)
}

/// Positions of all parts of a heat map.
pub(super) struct Layout {
    /// Row labels as displayed, followed by the note on omitted rows, if any.
    rows: Vec<String>,
    columns: Vec<String>,
    shown_rows: usize,
    shown_columns: usize,
    orientation: LabelOrientation,
    /// Area of all cells; `draw` moves it below the title.
    area: Rectangle,
    cell_width: f64,
    cell_height: f64,
    bar_height: f64,
}

impl Layout {
    pub(super) fn new(
        map: &HeatMap,
        (rows, more_rows): (&[String], usize),
        (columns, more_columns): (&[String], usize),
        style: &Style,
    ) -> Self {
        let more = |count: usize| (count > 0).then(|| style.and_more(count));
        let width_of = |name: &String| text_width(name, FONT_SIZE);
        let row_names: Vec<String> = rows
            .iter()
            .cloned()
            .chain(more(more_rows))
            .map(|name| truncated(&name, FONT_SIZE, MAX_NAME_WIDTH))
            .collect();
        let column_names: Vec<String> = columns.iter().cloned().chain(more(more_columns)).collect();
        let row_width = row_names.iter().map(width_of).fold(0.0, f64::max);
        let before = MARGIN + LINE_HEIGHT + GAP + row_width + GAP;
        // Approximate width of the colour bar, because its labels are not known yet.
        let after = COLOUR_BAR_GAP + 90.0 + MARGIN;
        let slots = column_names.len() as f64;
        let room = (style.usable_width() - before - after) / slots;
        let cell_width = room.clamp(MIN_CELL_WIDTH, MAX_CELL_WIDTH).floor();
        let cell_height = cell_width.clamp(MIN_CELL_HEIGHT, MAX_CELL_HEIGHT);

        let orientation = LabelOrientation::fitting(&column_names, cell_width);
        let columns_shown: Vec<String> = column_names
            .iter()
            .map(|name| orientation.truncated(name, cell_width, MAX_NAME_WIDTH))
            .collect();
        let reach = columns_shown
            .iter()
            .zip(0_u32..)
            .map(|(name, index)| {
                orientation.left_overhang(name) - (f64::from(index) + 0.5) * cell_width
            })
            .fold(0.0, f64::max);
        // Slanted labels must not overlap the caption of the rows.
        let left = before.max(MARGIN + LINE_HEIGHT + GAP + reach);
        let area = Rectangle::new(
            left,
            0.0,
            left + slots * cell_width,
            row_names.len() as f64 * cell_height,
        );
        Self {
            shown_rows: rows.len(),
            shown_columns: columns.len(),
            rows: row_names,
            columns: columns_shown,
            orientation,
            bar_height: bar_height(&map.colour_axis, area.height()),
            area,
            cell_width,
            cell_height,
        }
    }

    pub(super) fn draw(
        mut self,
        map: &HeatMap,
        colour_scale: &ColourScale,
        style: &Style,
    ) -> Drawing {
        let bar = ColourBar::new(
            colour_scale,
            &map.colour_axis,
            self.bar_height,
            style.decimal,
        );
        let bar_left = self.area.right + COLOUR_BAR_GAP;
        let width = (bar_left + bar.width() + MARGIN).max(style.usable_width().min(360.0));
        // The number of title lines depends on the width.
        let top = content_top(&map.heading, width);
        self.area.top += top;
        self.area.bottom += top;

        let mut marks = Vec::new();
        self.draw_cells(map, colour_scale, style.decimal, &mut marks);
        self.draw_names(map, &mut marks);
        bar.draw(Point::new(bar_left, top), &mut marks);
        let below = self.area.bottom + self.orientation.height(&self.columns) + LINE_HEIGHT + GAP;
        let height = below.max(top + self.bar_height + GAP) + MARGIN;
        titled_drawing(&map.heading, width, height, marks)
    }

    /// Returns the area of a cell.
    fn cell(&self, row: usize, column: usize) -> Rectangle {
        let left = self.area.left + column as f64 * self.cell_width;
        let top = self.area.top + row as f64 * self.cell_height;
        // A white line separates cells.
        Rectangle::new(
            left,
            top,
            left + self.cell_width - 1.0,
            top + self.cell_height - 1.0,
        )
    }

    fn draw_cells(
        &self,
        map: &HeatMap,
        colour_scale: &ColourScale,
        decimal: char,
        marks: &mut Vec<Mark>,
    ) {
        let positions =
            || (0..self.shown_rows).flat_map(|row| (0..self.shown_columns).map(move |c| (row, c)));
        let number = |row, column| {
            let shown = map
                .cell(row, column)
                .map_or(f64::NAN, |cell| cell.displayed);
            format_fixed(shown, map.decimals.min(12), decimal)
        };
        let colour = |row, column| colour_scale.colour(map.cell(row, column)?.value);
        self.draw_ground(positions(), colour, marks);

        let widest = positions()
            .map(|(row, column)| text_width(&number(row, column), 1.0))
            .fold(0.0, f64::max);
        let fits =
            |size: &f64| widest * size + 4.0 <= self.cell_width && size + 3.0 <= self.cell_height;
        let Some(size) = FONT_SIZES.into_iter().find(fits) else {
            return;
        };
        for (row, column) in positions() {
            let at = self.cell(row, column).centre().offset(0.0, 0.36 * size);
            let ground = colour(row, column).unwrap_or(WHITE);
            let text = Text::new(number(row, column), at)
                .with_anchor(Anchor::Middle)
                .with_size(size)
                .with_colour(ground.text_colour());
            marks.push(Mark::Text(text));
        }
    }

    /// Draws the cells without their numbers; cells of one colour become one shape.
    fn draw_ground(
        &self,
        positions: impl Iterator<Item = (usize, usize)>,
        colour: impl Fn(usize, usize) -> Option<Colour>,
        marks: &mut Vec<Mark>,
    ) {
        let mut shapes: BTreeMap<Colour, Vec<Vec<Point>>> = BTreeMap::new();
        for (row, column) in positions {
            let area = self.cell(row, column);
            match colour(row, column) {
                None => marks.push(empty_cell(area)),
                Some(colour) => {
                    let shape = shapes.entry(colour).or_default();
                    shape.push(area.corners().to_vec());
                }
            }
        }
        let shape = |(colour, cells)| Mark::shape(Outline::Polygons(cells), Paint::fill(colour));
        marks.extend(shapes.into_iter().map(shape));
    }

    fn draw_names(&self, map: &HeatMap, marks: &mut Vec<Mark>) {
        let area = &self.area;
        for (row, name) in self.rows.iter().enumerate() {
            let y = self.cell(row, 0).centre().y;
            let at = Point::new(area.left - GAP, y);
            let text = Text::vertically_centred(name.clone(), at).with_anchor(Anchor::End);
            marks.push(Mark::Text(text));
        }
        let is_cut = self.columns.len() > self.shown_columns;
        let visible_labels =
            self.orientation
                .visible_labels(self.columns.len(), self.cell_width, is_cut);
        for column in visible_labels {
            let x = self.cell(0, column).centre().x;
            let at = Point::new(x, area.bottom - 3.0);
            self.orientation
                .draw(self.columns[column].clone(), at, marks);
        }
        let depth = self.orientation.height(&self.columns);
        // Captions are centred on the cells, and shifted where there are few cells.
        let caption = map.rows.caption(area.height() + depth);
        let half = text_width(&caption, FONT_SIZE) / 2.0;
        let y = area.centre().y.max(area.top + half);
        draw_vertical_caption(&caption, Point::new(MARGIN + 0.8 * FONT_SIZE, y), marks);
        let end = area.right + GAP;
        let caption = map.columns.caption(end - MARGIN);
        let half = text_width(&caption, FONT_SIZE) / 2.0;
        let x = area.centre().x.min(end - half);
        draw_caption(
            &caption,
            Point::new(x, area.bottom + depth + LINE_HEIGHT),
            marks,
        );
    }
}

/// Returns a cell without a value: white with a light frame.
fn empty_cell(area: Rectangle) -> Mark {
    let inside = Rectangle::new(
        area.left + 0.5,
        area.top + 0.5,
        area.right - 0.5,
        area.bottom - 0.5,
    );
    let paint = Paint::fill(WHITE).with_stroke(Stroke::new(LIGHT_GREY, 1.0));
    Mark::shape(Outline::Rectangle(inside), paint)
}
