//! The data of a parallel-coordinates chart.

use crate::axes::axis::Axis;
use crate::axes::categories::Categories;
use crate::heading::Heading;
use statistics::Direction;

/// A parallel-coordinates chart: a line per configuration across vertical axes, coloured by a
/// value. The best lines are dark and on top.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParallelCoordinates {
    /// Title and description.
    pub heading: Heading,
    /// Axes from left to right; at most 16 are shown.
    pub axes: Vec<ParallelAxis>,
    /// Lines in any order; of more than 500, only the best are shown.
    pub lines: Vec<ParallelLine>,
    /// Axis of the colour scale.
    pub colour_axis: Axis,
    /// Whether high or low colour values are better.
    pub direction: Direction,
}

/// A vertical axis of a parallel-coordinates chart.
#[derive(Clone, Debug, PartialEq)]
pub enum ParallelAxis {
    /// An axis of names; at most 24 are shown. Lines through the same name are fanned out, so that
    /// each can be followed.
    Categories(Categories),
    /// An axis of numbers.
    Numbers(Axis),
}

/// A configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParallelLine {
    /// Tooltip of the line.
    pub name: String,
    /// A value for each axis: a number, or the index of a name. Missing values and values that are
    /// not finite are gaps.
    pub values: Vec<f64>,
    /// Value that determines the colour; lines whose value is not finite are omitted.
    pub colour_value: f64,
}
