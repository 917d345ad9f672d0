//! Values of two factors' levels, as coloured cells with their numbers.

mod sheet;

use crate::axis::Axis;
use crate::better::Better;
use crate::category::Categories;
use crate::chart::Chart;
use crate::colour_bar::Colours;
use crate::drawing::Drawing;
use crate::page::without_data;
use crate::scale::Span;
use crate::style::{Heading, Style};
use sheet::Sheet;

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
