//! Values of two factors' levels, as coloured cells with their numbers.

mod sheet;

use crate::axis::Axis;
use statistics::Direction;

use crate::category::Categories;
use crate::chart::Chart;
use crate::colour_bar::Colours;
use crate::drawing::Drawing;
use crate::page::without_data;
use crate::scale::Span;
use crate::style::{Heading, Style};
use sheet::Sheet;

/// A value for each pair of a row and a column. Where cells are too small for their numbers (at
/// the usual width from about 20 columns on), the colours stand alone.
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
        let colours = Colours::new(asked.unwrap_or(found), Direction::Maximise, 0.0);
        let sheet = Sheet::new(self, (rows, more_rows), (columns, more_columns), style);
        sheet.draw(self, &colours, style)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::Mark;

    fn confusion(counts: &[Vec<u64>]) -> HeatMap {
        let classes: Vec<String> = (0..counts.len())
            .map(|class| format!("class {class}"))
            .collect();
        HeatMap::confusion(
            Heading::default(),
            ("truth", "guess"),
            &classes,
            counts,
            "share",
        )
    }

    #[test]
    fn confusions_are_coloured_by_their_share_of_the_true_class() {
        let map = confusion(&[vec![3, 1], vec![0, 8]]);
        let values: Vec<f64> = map.cells.iter().flatten().map(|cell| cell.value).collect();
        let shown: Vec<f64> = map.cells.iter().flatten().map(|cell| cell.shown).collect();
        assert_eq!(values, [75.0, 25.0, 0.0, 100.0]);
        assert_eq!(shown, [3.0, 1.0, 0.0, 8.0]);
    }

    #[test]
    fn a_class_without_samples_has_empty_cells_and_its_counts() {
        let map = confusion(&[vec![3, 1], vec![0, 0]]);
        assert!(map.cells[1].iter().all(|cell| cell.value.is_nan()));
        let svg = map.to_svg(&Style::default());
        assert_eq!(
            svg.matches(">0</text>").count(),
            3,
            "two counts, and the bar's tick"
        );
    }

    #[test]
    fn numbers_stand_out_from_their_cells() {
        let counts: Vec<Vec<u64>> = (0..10)
            .map(|row| (0..10).map(|column| row * 10 + column + 1).collect())
            .collect();
        let map = confusion(&counts);
        let colours = Colours::new(
            Span::exactly(map.colour.scale, [0.0, 100.0]).unwrap(),
            Direction::Maximise,
            0.0,
        );
        let drawing = map.draw(&Style::default());
        for cell in map.cells.iter().flatten() {
            let ground = colours.of(cell.value).unwrap();
            let number = cell.shown.to_string();
            let is_legible = drawing.marks.iter().any(|mark| match mark {
                Mark::Text(text) => {
                    text.label.plain == number && text.colour.contrast(ground) >= 4.0
                }
                _ => false,
            });
            assert!(is_legible, "{number} on {}", ground.code());
        }
    }

    #[test]
    fn rows_and_columns_beyond_the_most_are_counted() {
        let map = confusion(&vec![vec![1; 47]; 47]);
        let svg = map.to_svg(&Style::default());
        assert_eq!(svg.matches("… and 7 more").count(), 2);
    }
}
