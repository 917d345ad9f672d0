//! Whole configurations as lines across an axis for each factor.

mod rail;
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
    pub better: Better,
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
        let merit = |line: &ParallelLine| self.better.merit(line.colour);
        // Of equals the first stays on top.
        lines.reverse();
        lines.sort_by(|one, two| merit(one).total_cmp(&merit(two)));
        lines
    }
}
