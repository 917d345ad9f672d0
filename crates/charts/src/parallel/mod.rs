//! Whole configurations as lines across an axis for each factor.

mod rail;
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
use rail::Rail;
use sheet::Sheet;

/// Lines across upright axes, coloured by a value; the best are dark and on top.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParallelCoordinates {
    /// Title and description.
    pub heading: Heading,
    /// From left to right; after 16, axes are left out.
    pub axes: Vec<ParallelAxis>,
    /// In any order; of more than 500, the best are shown.
    pub lines: Vec<ParallelLine>,
    /// What the colours stand for.
    pub colour: Axis,
    /// Which values are the good ones.
    pub better: Direction,
}

/// An axis that lines cross.
#[derive(Clone, Debug, PartialEq)]
pub enum ParallelAxis {
    /// Of names; lines through one name are fanned out, so that each can be followed. After 24,
    /// names are left out.
    Categories(Categories),
    /// Of numbers.
    Numbers(Axis),
}

/// A configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParallelLine {
    /// Told when a pointer is held over the line.
    pub name: String,
    /// A value for each axis: a number, or the index of a name. What is missing is a gap.
    pub values: Vec<f64>,
    /// Gives the colour; lines without are left out.
    pub colour: f64,
}

const MOST_AXES: usize = 16;
const MOST_LINES: usize = 500;
/// Lightest colour of a line: paler ones are not seen on white.
const LIGHTEST: f64 = 0.2;

impl Chart for ParallelCoordinates {
    fn draw(&self, style: &Style) -> Drawing {
        let axes = &self.axes[..self.axes.len().min(MOST_AXES)];
        let lines = self.ranked();
        let shown = &lines[lines.len().saturating_sub(MOST_LINES)..];
        let colours = Span::exactly(self.colour.scale, shown.iter().map(|line| line.colour));
        let Some(colours) = colours else {
            return without_data(&self.heading, style);
        };
        let colours = Colours::new(colours, self.better, LIGHTEST);
        let rails: Vec<Rail> = axes
            .iter()
            .enumerate()
            .map(|(index, axis)| Rail::new(axis, index, shown, style))
            .collect();
        if rails.iter().all(|rail| rail.labels.is_empty()) {
            return without_data(&self.heading, style);
        }
        let hidden = [lines.len() - shown.len(), self.axes.len() - axes.len()];
        Sheet::new(self, &rails, hidden, &colours, style).draw(shown, &colours, style)
    }
}

impl ParallelCoordinates {
    /// The lines that have a colour, the best last.
    fn ranked(&self) -> Vec<&ParallelLine> {
        let coloured = |line: &&ParallelLine| self.colour.scale.shows(line.colour);
        let mut lines: Vec<&ParallelLine> = self.lines.iter().filter(coloured).collect();
        let cost = |line: &ParallelLine| self.better.cost(line.colour);
        // Of equals the first stays on top.
        lines.reverse();
        lines.sort_by(|one, two| cost(two).total_cmp(&cost(one)));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::Mark;

    fn chart(colours: &[f64], better: Direction) -> ParallelCoordinates {
        let names = Categories::new("factor", ["a", "b"]);
        let line = |(index, &colour): (usize, &f64)| ParallelLine {
            name: format!("line {index}"),
            values: vec![(index % 2) as f64, 0.0, 1.0],
            colour,
        };
        ParallelCoordinates {
            axes: vec![ParallelAxis::Categories(names); 3],
            lines: colours.iter().enumerate().map(line).collect(),
            better,
            ..ParallelCoordinates::default()
        }
    }

    /// Names of the lines, from the back to the front.
    fn order(chart: &ParallelCoordinates) -> Vec<String> {
        let marks = chart.draw(&Style::default()).marks;
        let name = |mark| match mark {
            Mark::Group { name, .. } => Some(name),
            _ => None,
        };
        marks.into_iter().filter_map(name).collect()
    }

    #[test]
    fn the_best_line_is_on_top() {
        let colours = [0.5, 0.9, 0.1, f64::NAN];
        let higher = order(&chart(&colours, Direction::Maximise));
        assert_eq!(higher, ["line 2", "line 0", "line 1"]);
        let lower = order(&chart(&colours, Direction::Minimise));
        assert_eq!(lower, ["line 1", "line 0", "line 2"]);
    }

    #[test]
    fn of_too_many_lines_the_best_are_shown_and_the_others_counted() {
        let colours: Vec<f64> = (0..620).map(f64::from).collect();
        let chart = chart(&colours, Direction::Maximise);
        let order = order(&chart);
        assert_eq!(order.len(), 500);
        assert_eq!(order.last().map(String::as_str), Some("line 619"));
        assert!(chart.to_svg(&Style::default()).contains("… and 120 more"));
    }

    #[test]
    fn a_line_with_a_missing_value_has_a_gap() {
        let mut chart = chart(&[1.0, 2.0], Direction::Maximise);
        chart.lines[0].values[1] = f64::NAN;
        // Between two gaps at the ends of the chart there is no line left.
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
        let rail = Rail::new(&chart.axes[1], 1, &lines, &Style::default());
        let crossings: Vec<f64> = rail.crossings.into_iter().flatten().collect();
        assert_eq!(crossings.len(), 6);
        assert!(crossings.is_sorted_by(|one, two| one < two));
        // All within the upper half, which is that of the first name.
        assert!(crossings.iter().all(|&share| share > 0.5 && share < 1.0));
    }
}
