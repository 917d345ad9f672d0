//! Heat maps and confusion matrices.

mod data;
mod layout;

pub use data::{HeatMap, HeatMapCell};

use crate::chart::Chart;
use crate::components::frame::no_data_drawing;
use crate::drawing::Drawing;
use crate::heat_map::layout::Layout;
use crate::scales::colour_scale::ColourScale;
use crate::scales::domain::Domain;
use crate::style::Style;
use statistics::Direction;

impl Chart for HeatMap {
    fn draw(&self, style: &Style) -> Drawing {
        let (rows, more_rows) = Self::names(&self.rows);
        let (columns, more_columns) = Self::names(&self.columns);
        let values = || {
            let positions =
                (0..rows.len()).flat_map(|row| (0..columns.len()).map(move |c| (row, c)));
            positions.filter_map(|(row, column)| Some(self.cell(row, column)?.value))
        };
        let found = Domain::tight(self.colour_axis.scale, values());
        let asked = self
            .range
            .and_then(|(low, high)| Domain::tight(self.colour_axis.scale, [low, high]));
        let (Some(found), false) = (found, rows.is_empty() || columns.is_empty()) else {
            return no_data_drawing(&self.heading, style);
        };
        let colour_scale = ColourScale::new(asked.unwrap_or(found), Direction::Maximise, 0.0);
        let layout = Layout::new(self, (rows, more_rows), (columns, more_columns), style);
        layout.draw(self, &colour_scale, style)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heading::Heading;
    use crate::primitives::mark::Mark;

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
    fn confusion_cells_are_coloured_by_their_fraction_of_the_true_class() {
        let map = confusion(&[vec![3, 1], vec![0, 8]]);
        let values: Vec<f64> = map.cells.iter().flatten().map(|cell| cell.value).collect();
        let shown: Vec<f64> = map
            .cells
            .iter()
            .flatten()
            .map(|cell| cell.displayed)
            .collect();
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
    fn numbers_are_legible_in_their_cells() {
        let counts: Vec<Vec<u64>> = (0..10)
            .map(|row| (0..10).map(|column| row * 10 + column + 1).collect())
            .collect();
        let map = confusion(&counts);
        let colour_scale = ColourScale::new(
            Domain::tight(map.colour_axis.scale, [0.0, 100.0]).unwrap(),
            Direction::Maximise,
            0.0,
        );
        let drawing = map.draw(&Style::default());
        for cell in map.cells.iter().flatten() {
            let ground = colour_scale.colour(cell.value).unwrap();
            let number = cell.displayed.to_string();
            let is_legible = drawing.marks.iter().any(|mark| match mark {
                Mark::Text(text) => {
                    text.label.plain == number && text.colour.contrast(ground) >= 4.0
                }
                _ => false,
            });
            assert!(is_legible, "{number} on {}", ground.to_hex());
        }
    }

    #[test]
    fn omitted_rows_and_columns_are_counted() {
        let map = confusion(&vec![vec![1; 47]; 47]);
        let svg = map.to_svg(&Style::default());
        assert_eq!(svg.matches("… and 7 more").count(), 2);
    }
}
