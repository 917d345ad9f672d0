//! Parallel-coordinates charts: a line per configuration across one axis per factor.

mod axis_layout;
mod data;
mod layout;

pub use data::{ParallelAxis, ParallelCoordinates, ParallelLine};

use crate::chart::Chart;
use crate::components::frame::no_data_drawing;
use crate::drawing::Drawing;
use crate::parallel_coordinates::axis_layout::AxisLayout;
use crate::parallel_coordinates::layout::Layout;
use crate::scales::colour_scale::ColourScale;
use crate::scales::domain::Domain;
use crate::style::Style;

const MAX_AXES: usize = 16;
const MAX_LINES: usize = 500;
/// Lightest colour of a line: paler ones are invisible on white.
const LIGHTEST: f64 = 0.2;

impl Chart for ParallelCoordinates {
    fn draw(&self, style: &Style) -> Drawing {
        let axes = &self.axes[..self.axes.len().min(MAX_AXES)];
        let lines = self.ranked();
        let shown = &lines[lines.len().saturating_sub(MAX_LINES)..];
        let colour_scale = Domain::tight(
            self.colour_axis.scale,
            shown.iter().map(|line| line.colour_value),
        );
        let Some(colour_scale) = colour_scale else {
            return no_data_drawing(&self.heading, style);
        };
        let colour_scale = ColourScale::new(colour_scale, self.direction, LIGHTEST);
        let axis_layouts: Vec<AxisLayout> = axes
            .iter()
            .enumerate()
            .map(|(index, axis)| AxisLayout::new(axis, index, shown, style))
            .collect();
        if axis_layouts
            .iter()
            .all(|axis_layout| axis_layout.labels.is_empty())
        {
            return no_data_drawing(&self.heading, style);
        }
        let hidden = [lines.len() - shown.len(), self.axes.len() - axes.len()];
        Layout::new(self, &axis_layouts, hidden, &colour_scale, style).draw(
            shown,
            &colour_scale,
            style,
        )
    }
}

impl ParallelCoordinates {
    /// Returns the lines that have a colour, the best last.
    fn ranked(&self) -> Vec<&ParallelLine> {
        let with_colour = |line: &&ParallelLine| self.colour_axis.scale.can_show(line.colour_value);
        let mut lines: Vec<&ParallelLine> = self.lines.iter().filter(with_colour).collect();
        let cost = |line: &ParallelLine| self.direction.cost(line.colour_value);
        // Of equally good lines, the first stays on top.
        lines.reverse();
        lines.sort_by(|one, two| cost(two).total_cmp(&cost(one)));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axes::categories::Categories;
    use crate::primitives::mark::Mark;
    use statistics::Direction;

    fn chart(values: &[f64], direction: Direction) -> ParallelCoordinates {
        let names = Categories::new("factor", ["a", "b"]);
        let line = |(index, &colour): (usize, &f64)| ParallelLine {
            name: format!("line {index}"),
            values: vec![(index % 2) as f64, 0.0, 1.0],
            colour_value: colour,
        };
        ParallelCoordinates {
            axes: vec![ParallelAxis::Categories(names); 3],
            lines: values.iter().enumerate().map(line).collect(),
            direction,
            ..ParallelCoordinates::default()
        }
    }

    /// Returns the names of the lines, from back to front.
    fn order(chart: &ParallelCoordinates) -> Vec<String> {
        let marks = chart.draw(&Style::default()).marks;
        let name = |mark| match mark {
            Mark::Group { tooltip, .. } => Some(tooltip),
            _ => None,
        };
        marks.into_iter().filter_map(name).collect()
    }

    #[test]
    fn the_best_line_is_on_top() {
        let values = [0.5, 0.9, 0.1, f64::NAN];
        let higher = order(&chart(&values, Direction::Maximise));
        assert_eq!(higher, ["line 2", "line 0", "line 1"]);
        let lower = order(&chart(&values, Direction::Minimise));
        assert_eq!(lower, ["line 1", "line 0", "line 2"]);
    }

    #[test]
    fn of_too_many_lines_the_best_are_shown_and_the_rest_counted() {
        let values: Vec<f64> = (0..620).map(f64::from).collect();
        let chart = chart(&values, Direction::Maximise);
        let order = order(&chart);
        assert_eq!(order.len(), 500);
        assert_eq!(order.last().map(String::as_str), Some("line 619"));
        assert!(chart.to_svg(&Style::default()).contains("… and 120 more"));
    }

    #[test]
    fn a_line_with_a_missing_value_has_a_gap() {
        let mut chart = chart(&[1.0, 2.0], Direction::Maximise);
        chart.lines[0].values[1] = f64::NAN;
        // The line has only isolated points at the ends of the chart.
        assert_eq!(order(&chart), ["line 1"]);
        chart.axes.push(chart.axes[0].clone());
        chart.lines[0].values.push(0.0);
        chart.lines[1].values.push(0.0);
        assert_eq!(order(&chart), ["line 0", "line 1"]);
    }

    #[test]
    fn lines_through_one_name_are_fanned_out() {
        let chart = chart(&[1.0; 6], Direction::Maximise);
        let lines: Vec<&ParallelLine> = chart.lines.iter().collect();
        let axis_layout = AxisLayout::new(&chart.axes[1], 1, &lines, &Style::default());
        let crossings: Vec<f64> = axis_layout.crossings.into_iter().flatten().collect();
        assert_eq!(crossings.len(), 6);
        assert!(crossings.is_sorted_by(|one, two| one < two));
        // All crossings are in the upper half, which belongs to the first name.
        assert!(
            crossings
                .iter()
                .all(|&fraction| fraction > 0.5 && fraction < 1.0)
        );
    }
}
