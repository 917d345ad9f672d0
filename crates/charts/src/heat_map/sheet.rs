//! Where cells, names, captions and the bar of colours stand.

use super::HeatMap;
use crate::axis::{Axis, draw_caption, draw_upwards};
use crate::category::Slant;
use crate::colour::{Colour, PALE, WHITE};
use crate::colour_bar::{ColourBar, Colours};
use crate::drawing::{Drawing, Mark, Outline, Paint, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::number::fixed;
use crate::page::{MARGIN, below_title, finished};
use crate::style::Style;
use crate::text::{Anchor, FONT_SIZE, Text, shortened, width};
use std::collections::BTreeMap;

/// Width of a cell, in CSS pixels.
const NARROWEST: f64 = 11.0;
const WIDEST: f64 = 110.0;
/// Height of a cell, in CSS pixels.
const LOWEST: f64 = 16.0;
const HIGHEST: f64 = 34.0;
/// Names of rows and columns are cut to this, in CSS pixels.
const LONGEST_NAME: f64 = 150.0;
/// Between names and cells, and between cells and the bar of colours, in CSS pixels.
const GAP: f64 = 8.0;
const BEFORE_BAR: f64 = 22.0;
/// Height of a line of text, in CSS pixels.
const LINE: f64 = 16.0;
/// Height of the bar of colours, in CSS pixels; as high as the cells between these.
const LOWEST_BAR: f64 = 110.0;
const HIGHEST_BAR: f64 = 420.0;
/// Up to this the bar is higher than the cells where its caption needs it, in CSS pixels.
const LONGEST_CAPTION: f64 = 220.0;
/// Sizes of the numbers in cells, the largest that fits.
const SIZES: [f64; 4] = [12.0, 11.0, 10.0, 9.0];

fn bar_height(colour: &Axis, cells: f64) -> f64 {
    let caption = width(&colour.caption(LONGEST_CAPTION), FONT_SIZE) + 1.0;
    cells.clamp(LOWEST_BAR.max(caption), HIGHEST_BAR)
}

/// Where everything stands.
pub(super) struct Sheet {
    /// As they are shown, with a last one for those that are not.
    rows: Vec<String>,
    columns: Vec<String>,
    shown_rows: usize,
    shown_columns: usize,
    slant: Slant,
    /// Of all cells.
    area: Rectangle,
    cell_width: f64,
    cell_height: f64,
    bar_height: f64,
}

impl Sheet {
    pub(super) fn new(
        map: &HeatMap,
        (rows, more_rows): (&[String], usize),
        (columns, more_columns): (&[String], usize),
        style: &Style,
    ) -> Self {
        let more = |count: usize| (count > 0).then(|| style.and_more(count));
        let width_of = |name: &String| width(name, FONT_SIZE);
        let row_names: Vec<String> = rows
            .iter()
            .cloned()
            .chain(more(more_rows))
            .map(|name| shortened(&name, FONT_SIZE, LONGEST_NAME))
            .collect();
        let column_names: Vec<String> = columns.iter().cloned().chain(more(more_columns)).collect();
        let row_width = row_names.iter().map(width_of).fold(0.0, f64::max);
        let before = MARGIN + LINE + GAP + row_width + GAP;
        // About what the bar of colours will take; its labels are not known yet.
        let after = BEFORE_BAR + 90.0 + MARGIN;
        let slots = column_names.len() as f64;
        let room = (style.usable_width() - before - after) / slots;
        let cell_width = room.clamp(NARROWEST, WIDEST).floor();
        let cell_height = cell_width.clamp(LOWEST, HIGHEST);

        let slant = Slant::of(&column_names, cell_width);
        let columns_shown: Vec<String> = column_names
            .iter()
            .map(|name| slant.shown(name, cell_width, LONGEST_NAME))
            .collect();
        let reach = columns_shown
            .iter()
            .zip(0_u32..)
            .map(|(name, index)| slant.reach(name) - (f64::from(index) + 0.5) * cell_width)
            .fold(0.0, f64::max);
        // Rising names keep clear of the caption of the rows.
        let left = before.max(MARGIN + LINE + GAP + reach);
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
            slant,
            bar_height: bar_height(&map.colour, area.height()),
            area,
            cell_width,
            cell_height,
        }
    }

    pub(super) fn draw(mut self, map: &HeatMap, colours: &Colours, style: &Style) -> Drawing {
        let bar = ColourBar::new(colours, &map.colour, self.bar_height, style.decimal);
        let bar_left = self.area.right + BEFORE_BAR;
        let width = (bar_left + bar.width() + MARGIN).max(style.usable_width().min(360.0));
        // How many lines the title takes depends on the width.
        let top = below_title(&map.heading, width);
        self.area.top += top;
        self.area.bottom += top;

        let mut marks = Vec::new();
        self.draw_cells(map, colours, style.decimal, &mut marks);
        self.draw_names(map, &mut marks);
        bar.draw(Point::new(bar_left, top), &mut marks);
        let below = self.area.bottom + self.slant.depth(&self.columns) + LINE + GAP;
        let height = below.max(top + self.bar_height + GAP) + MARGIN;
        finished(&map.heading, width, height, marks)
    }

    /// The cell of a row and a column.
    fn cell(&self, row: usize, column: usize) -> Rectangle {
        let left = self.area.left + column as f64 * self.cell_width;
        let top = self.area.top + row as f64 * self.cell_height;
        // A white line parts cells.
        Rectangle::new(
            left,
            top,
            left + self.cell_width - 1.0,
            top + self.cell_height - 1.0,
        )
    }

    fn draw_cells(&self, map: &HeatMap, colours: &Colours, decimal: char, marks: &mut Vec<Mark>) {
        let places =
            || (0..self.shown_rows).flat_map(|row| (0..self.shown_columns).map(move |c| (row, c)));
        let number = |row, column| {
            let shown = map.cell(row, column).map_or(f64::NAN, |cell| cell.shown);
            fixed(shown, map.decimals.min(12), decimal)
        };
        let colour = |row, column| colours.of(map.cell(row, column)?.value);
        self.draw_ground(places(), colour, marks);

        let widest = places()
            .map(|(row, column)| width(&number(row, column), 1.0))
            .fold(0.0, f64::max);
        let fits =
            |size: &f64| widest * size + 4.0 <= self.cell_width && size + 3.0 <= self.cell_height;
        let Some(size) = SIZES.into_iter().find(fits) else {
            return;
        };
        for (row, column) in places() {
            let at = self.cell(row, column).centre().moved(0.0, 0.36 * size);
            let ground = colour(row, column).unwrap_or(WHITE);
            let text = Text::new(number(row, column), at)
                .anchored(Anchor::Middle)
                .sized(size)
                .coloured(ground.of_text_on());
            marks.push(Mark::Text(text));
        }
    }

    /// The cells without their numbers; those of one colour are one shape.
    fn draw_ground(
        &self,
        places: impl Iterator<Item = (usize, usize)>,
        colour: impl Fn(usize, usize) -> Option<Colour>,
        marks: &mut Vec<Mark>,
    ) {
        let mut shapes: BTreeMap<Colour, Vec<Vec<Point>>> = BTreeMap::new();
        for (row, column) in places {
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
            let text = Text::beside(name.clone(), at).anchored(Anchor::End);
            marks.push(Mark::Text(text));
        }
        let is_cut = self.columns.len() > self.shown_columns;
        let with_room = self
            .slant
            .with_room(self.columns.len(), self.cell_width, is_cut);
        for column in with_room {
            let x = self.cell(0, column).centre().x;
            let at = Point::new(x, area.bottom - 3.0);
            self.slant.draw(self.columns[column].clone(), at, marks);
        }
        let depth = self.slant.depth(&self.columns);
        // Captions are centred on the cells, and moved where there are few cells.
        let caption = map.rows.caption(area.height() + depth);
        let half = width(&caption, FONT_SIZE) / 2.0;
        let y = area.centre().y.max(area.top + half);
        draw_upwards(&caption, Point::new(MARGIN + 0.8 * FONT_SIZE, y), marks);
        let end = area.right + GAP;
        let caption = map.columns.caption(end - MARGIN);
        let half = width(&caption, FONT_SIZE) / 2.0;
        let x = area.centre().x.min(end - half);
        draw_caption(&caption, Point::new(x, area.bottom + depth + LINE), marks);
    }
}

/// A cell without a value: white within a pale frame.
fn empty_cell(area: Rectangle) -> Mark {
    let inside = Rectangle::new(
        area.left + 0.5,
        area.top + 0.5,
        area.right - 0.5,
        area.bottom - 0.5,
    );
    let paint = Paint::fill(WHITE).with_stroke(Stroke::new(PALE, 1.0));
    Mark::shape(Outline::Rectangle(inside), paint)
}
