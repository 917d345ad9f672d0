//! Values of two factors' levels, as coloured cells with their numbers.

use crate::axis::{Axis, draw_caption, draw_upwards};
use crate::better::Better;
use crate::category::{Categories, Slant};
use crate::chart::Chart;
use crate::colour::{DARK, PALE, WHITE};
use crate::colour_bar::{ColourBar, Colours};
use crate::drawing::{Drawing, Mark, Outline, Paint, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::number::fixed;
use crate::page::{MARGIN, below_title, finished, without_data};
use crate::scale::Span;
use crate::style::{Heading, Style};
use crate::text::{Anchor, FONT_SIZE, Text, shortened, width};

/// A value for each pair of a row and a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatMap {
    /// Title and description.
    pub heading: Heading,
    /// From top to bottom; after 40, rows are left out.
    pub rows: Categories,
    /// From left to right; after 40, columns are left out.
    pub columns: Categories,
    /// The cells of each row; what is missing is empty.
    pub cells: Vec<Vec<Cell>>,
    /// What the colours stand for.
    pub colour: Axis,
    /// The values of the lightest and the darkest colour; the least and the greatest value where
    /// there are none.
    pub range: Option<(f64, f64)>,
    /// Of the numbers in the cells.
    pub decimals: usize,
}

/// What a cell is coloured by, and the number that stands in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Gives the colour.
    pub value: f64,
    /// Stands in the cell.
    pub shown: f64,
}

impl Cell {
    /// Coloured by the number that it shows.
    pub fn new(value: f64) -> Self {
        Self {
            value,
            shown: value,
        }
    }
}

/// Rows, and columns, that are shown.
const SHOWN: usize = 40;
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

impl HeatMap {
    /// A confusion matrix: true classes as rows, predicted ones as columns. Cells show counts;
    /// their colour is the share of the true class, in percent.
    pub fn confusion(
        heading: Heading,
        (truth, predicted): (impl Into<String>, impl Into<String>),
        classes: &[String],
        counts: &[Vec<u64>],
        share: impl Into<String>,
    ) -> Self {
        let cells = counts.iter().map(|row| {
            let total: u64 = row.iter().fold(0, |sum, &count| sum.saturating_add(count));
            let cell = |&count: &u64| Cell {
                // Of a class without samples there is no share.
                value: 100.0 * count as f64 / total as f64,
                shown: count as f64,
            };
            row.iter().map(cell).collect()
        });
        Self {
            heading,
            cells: cells.collect(),
            rows: Categories::new(truth, classes),
            columns: Categories::new(predicted, classes),
            colour: Axis::linear(share, "%"),
            range: Some((0.0, 100.0)),
            decimals: 0,
        }
    }

    fn cell(&self, row: usize, column: usize) -> Option<&Cell> {
        self.cells.get(row)?.get(column)
    }

    /// The names that are shown, and how many are not.
    fn names(categories: &Categories) -> (&[String], usize) {
        let shown = categories.names.len().min(SHOWN);
        (&categories.names[..shown], categories.names.len() - shown)
    }
}

impl Chart for HeatMap {
    fn draw(&self, style: &Style) -> Drawing {
        let (rows, more_rows) = Self::names(&self.rows);
        let (columns, more_columns) = Self::names(&self.columns);
        let values = || {
            let places = (0..rows.len()).flat_map(|row| (0..columns.len()).map(move |c| (row, c)));
            places.filter_map(|(row, column)| Some(self.cell(row, column)?.value))
        };
        let found = Span::exactly(self.colour.scale, values());
        let asked = self
            .range
            .and_then(|(low, high)| Span::exactly(self.colour.scale, [low, high]));
        let (Some(found), false) = (found, rows.is_empty() || columns.is_empty()) else {
            return without_data(&self.heading, style);
        };
        let colours = Colours::new(asked.unwrap_or(found), Better::Higher, 0.0);
        let sheet = Sheet::new(self, (rows, more_rows), (columns, more_columns), style);
        sheet.draw(self, &colours, style)
    }
}

fn bar_height(colour: &Axis, cells: f64) -> f64 {
    let caption = width(&colour.caption(LONGEST_CAPTION), FONT_SIZE) + 1.0;
    cells.clamp(LOWEST_BAR.max(caption), HIGHEST_BAR)
}

/// Where everything stands.
struct Sheet {
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
    fn new(
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
            .first()
            .map_or(0.0, |name| slant.reach(name) - cell_width / 2.0);
        let left = before.max(MARGIN + reach);
        let top = below_title(&map.heading, style.usable_width());
        let area = Rectangle::new(
            left,
            top,
            left + slots * cell_width,
            top + row_names.len() as f64 * cell_height,
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

    fn draw(&self, map: &HeatMap, colours: &Colours, style: &Style) -> Drawing {
        let mut marks = Vec::new();
        self.draw_cells(map, colours, style.decimal, &mut marks);
        self.draw_names(map, &mut marks);
        let bar = ColourBar::new(colours, &map.colour, self.bar_height, style.decimal);
        let corner = Point::new(self.area.right + BEFORE_BAR, self.area.top);
        bar.draw(corner, &mut marks);
        let below = self.area.bottom + self.slant.depth(&self.columns) + LINE + GAP;
        let height = below.max(self.area.top + self.bar_height + GAP) + MARGIN;
        finished(
            &map.heading,
            (corner.x + bar.width() + MARGIN).max(style.usable_width().min(360.0)),
            height,
            marks,
        )
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
        let widest = places()
            .map(|(row, column)| width(&number(row, column), 1.0))
            .fold(0.0, f64::max);
        let size = SIZES
            .into_iter()
            .find(|size| widest * size + 4.0 <= self.cell_width && *size + 3.0 <= self.cell_height);
        for (row, column) in places() {
            let area = self.cell(row, column);
            let colour = map
                .cell(row, column)
                .and_then(|cell| colours.of(cell.value));
            let mut cell = vec![match colour {
                Some(colour) => Mark::rectangle(area, colour),
                None => empty_cell(area),
            }];
            let number = number(row, column);
            if let Some(size) = size {
                let at = area.centre().moved(0.0, 0.36 * size);
                let text = Text::new(number.clone(), at)
                    .anchored(Anchor::Middle)
                    .sized(size)
                    .coloured(colour.map_or(DARK, |colour| colour.of_text_on()));
                cell.push(Mark::Text(text));
            }
            match size {
                Some(_) => marks.append(&mut cell),
                // Numbers that have no room are told when a pointer is held over the cell.
                None => marks.push(Mark::Group {
                    name: number,
                    marks: cell,
                }),
            }
        }
    }

    fn draw_names(&self, map: &HeatMap, marks: &mut Vec<Mark>) {
        let area = &self.area;
        for (row, name) in self.rows.iter().enumerate() {
            let y = self.cell(row, 0).centre().y;
            let at = Point::new(area.left - GAP, y);
            let text = Text::beside(name.clone(), at).anchored(Anchor::End);
            marks.push(Mark::Text(text));
        }
        let stride = self.slant.stride(self.cell_width);
        for (column, name) in self.columns.iter().enumerate().step_by(stride) {
            let x = self.cell(0, column).centre().x;
            self.slant
                .draw(name.clone(), Point::new(x, area.bottom - 3.0), marks);
        }
        let at = Point::new(MARGIN + 0.8 * FONT_SIZE, area.centre().y);
        draw_upwards(&map.rows.caption(area.height().max(60.0)), at, marks);
        let depth = self.slant.depth(&self.columns);
        let at = Point::new(area.centre().x, area.bottom + depth + LINE);
        draw_caption(&map.columns.caption(area.width().max(120.0)), at, marks);
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
