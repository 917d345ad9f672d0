//! The data of a heat map.

use crate::axes::axis::Axis;
use crate::axes::categories::Categories;
use crate::heading::Heading;

/// A heat map: a coloured cell for each pair of a row and a column, with its number.
///
/// Numbers are omitted where cells are too small for them: at the default width from about 20
/// columns on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatMap {
    /// Title and description.
    pub heading: Heading,
    /// Rows from top to bottom; at most 40 are shown.
    pub rows: Categories,
    /// Columns from left to right; at most 40 are shown.
    pub columns: Categories,
    /// Cells by row; missing cells are empty.
    pub cells: Vec<Vec<HeatMapCell>>,
    /// Axis of the colour scale.
    pub colour_axis: Axis,
    /// Values of the lightest and the darkest colour; `None` for the minimum and maximum value.
    pub range: Option<(f64, f64)>,
    /// Decimals of the numbers in the cells.
    pub decimals: usize,
}

/// A cell of a heat map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeatMapCell {
    /// Value that determines the colour; the cell is white if it is not finite.
    pub value: f64,
    /// Number in the cell.
    pub displayed: f64,
}

impl HeatMapCell {
    /// Creates a cell that displays the value that determines its colour.
    pub fn new(value: f64) -> Self {
        Self {
            value,
            displayed: value,
        }
    }
}

/// Maximum number of rows, and of columns.
const MAX_SHOWN: usize = 40;

impl HeatMap {
    /// Creates a confusion matrix with true classes as rows and predicted classes as columns.
    ///
    /// Cells display counts. Their colour is the fraction of the true class, in percent;
    /// `fraction_label` labels the colour scale. `counts` is indexed by
    /// `[true class][predicted class]`.
    pub fn confusion(
        heading: Heading,
        (true_label, predicted_label): (impl Into<String>, impl Into<String>),
        classes: &[String],
        counts: &[Vec<u64>],
        fraction_label: impl Into<String>,
    ) -> Self {
        let cells = counts.iter().map(|row| {
            let total: u64 = row.iter().fold(0, |sum, &count| sum.saturating_add(count));
            let cell = |&count: &u64| HeatMapCell {
                // NaN for a class without samples.
                value: 100.0 * count as f64 / total as f64,
                displayed: count as f64,
            };
            row.iter().map(cell).collect()
        });
        Self {
            heading,
            cells: cells.collect(),
            rows: Categories::new(true_label, classes),
            columns: Categories::new(predicted_label, classes),
            colour_axis: Axis::linear(fraction_label, "%"),
            range: Some((0.0, 100.0)),
            decimals: 0,
        }
    }

    pub(super) fn cell(&self, row: usize, column: usize) -> Option<&HeatMapCell> {
        self.cells.get(row)?.get(column)
    }

    /// Returns the names to show, and the number of omitted names.
    pub(super) fn names(categories: &Categories) -> (&[String], usize) {
        let shown = categories.names.len().min(MAX_SHOWN);
        (&categories.names[..shown], categories.names.len() - shown)
    }
}
