//! The data of a Pareto scatter plot.

use crate::axes::axis::Axis;
use crate::axes::categories::Categories;
use crate::heading::Heading;
use statistics::Direction;

/// A scatter plot of two objectives, and perhaps of a third one as the size of points, with the
/// Pareto front: the points that no other point beats in all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParetoScatter {
    /// Title and description.
    pub heading: Heading,
    /// Horizontal axis, usually the cost; may be logarithmic.
    pub x: Axis,
    /// Vertical axis, usually the benefit.
    pub y: Axis,
    /// Whether high or low x values are better.
    pub x_direction: Direction,
    /// Whether high or low y values are better.
    pub y_direction: Direction,
    /// Points in any order.
    pub points: Vec<ScatterPoint>,
    /// Quantity that the areas of points represent; `None` for points of equal size.
    pub size_axis: Option<Axis>,
    /// Whether high or low sizes are better, if the size is an objective.
    pub size_direction: Option<Direction>,
    /// Categories that the shapes of points represent; without names, all points are circles.
    pub shapes: Categories,
    /// Legend text of points on the front; empty for no entry.
    pub front_label: String,
    /// Legend text of all other points; empty for no entry.
    pub others_label: String,
}

/// A point of a scatter plot. Points without finite x and y are omitted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScatterPoint {
    /// Name, shown next to the point or in the legend if the point is on the front.
    pub name: String,
    /// Value on the horizontal axis.
    pub x: f64,
    /// Standard error of `x`; 0 if it is exact. Differences within the noise do not count for the
    /// front.
    pub x_error: f64,
    /// Value on the vertical axis.
    pub y: f64,
    /// Value that determines the area, if [`ParetoScatter::size_axis`] is set. A point has the
    /// default size if it is not finite.
    pub size: f64,
    /// Index into the names of [`ParetoScatter::shapes`] that determines the shape.
    pub shape: usize,
    /// Annotation such as "best", shown next to the point, which gets a ring; empty for most
    /// points.
    pub annotation: String,
}
