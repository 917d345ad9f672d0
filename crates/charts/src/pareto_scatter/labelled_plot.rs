//! A plot with points, the border of the Pareto front, and labels where there is room for them.

use crate::components::label_placement::LabelPlacer;
use crate::components::plot::Plot;
use crate::pareto_scatter::data::{ParetoScatter, ScatterPoint};
use crate::pareto_scatter::point_size::PointSizes;
use crate::pareto_scatter::point_style::{has_shapes, point_marker, point_paint};
use crate::primitives::colour::{TEXT, VERMILION};
use crate::primitives::geometry::{Point, Rectangle};
use crate::primitives::mark::{Mark, Outline};
use crate::primitives::marker::Marker;
use crate::primitives::paint::{Paint, Stroke};
use crate::primitives::text::{Anchor, FONT_SIZE, Text};
use crate::primitives::text_width::{text_width, truncated};
use statistics::Direction;

/// Distance between an annotated point and its ring, in CSS pixels.
const RING_DISTANCE: f64 = 4.0;
/// Maximum number of points for which all of them have tooltips; of more, only the front has.
const MAX_POINTS_WITH_TOOLTIPS: usize = 400;
/// Maximum width of names next to their points, in CSS pixels; if a name is wider, numbers and a
/// key in the legend replace the names.
pub(super) const MAX_SHORT_NAME_WIDTH: f64 = 110.0;

/// A plot with points, to which labels can be added.
pub(super) struct LabelledPlot<'a> {
    pub(super) plot: Plot<'a>,
    points: &'a [&'a ScatterPoint],
    /// Centre and radius of each point.
    positions: Vec<(Point, f64)>,
    front: &'a [usize],
    /// Placers in order of preference: labels overlap nothing; labels overlap no point on the
    /// front; labels overlap no other label.
    placers: [LabelPlacer; 3],
}

impl<'a> LabelledPlot<'a> {
    pub(super) fn new(
        chart: &'a ParetoScatter,
        mut plot: Plot<'a>,
        points: &'a [&'a ScatterPoint],
        front: &'a [usize],
        point_sizes: &PointSizes,
    ) -> Self {
        let positions: Vec<(Point, f64)> = points
            .iter()
            .map(|point| {
                // The caller has omitted points without a position.
                let at = plot
                    .position(point.x, point.y)
                    .unwrap_or(plot.area.centre());
                let ring = if point.annotation.is_empty() {
                    0.0
                } else {
                    RING_DISTANCE
                };
                (at, point_sizes.radius(point.size) + ring)
            })
            .collect();
        let on_front: Vec<Point> = front.iter().map(|&index| positions[index].0).collect();
        let steps = front_border(chart, &on_front, &plot.area);

        let mut background: Vec<usize> = (0..points.len()).filter(|i| !front.contains(i)).collect();
        // Small points must be visible on top of large ones.
        background.sort_by(|&one, &two| positions[two].1.total_cmp(&positions[one].1));
        let draw = |index: usize, is_on_front: bool| {
            let (at, outer_radius) = positions[index];
            let has_tooltip = points.len() <= MAX_POINTS_WITH_TOOLTIPS || is_on_front;
            PointMark {
                point: points[index],
                at,
                radius: point_sizes.radius(points[index].size),
                outer_radius,
                is_on_front,
                has_tooltip,
            }
            .draw(chart)
        };
        plot.marks
            .extend(background.iter().map(|&index| draw(index, false)));
        if steps.len() > 1 {
            let colour = if has_shapes(chart) { TEXT } else { VERMILION };
            let paint = Paint::stroke(Stroke::new(colour, 1.6));
            plot.marks
                .push(Mark::shape(Outline::Lines(vec![steps.clone()]), paint));
        }
        plot.marks
            .extend(front.iter().map(|&index| draw(index, true)));

        let square = |&(at, radius): &(Point, f64)| Rectangle::square_around(at, radius);
        let lines = steps.windows(2).map(|ends| bounding_box(ends[0], ends[1]));
        let all = positions.iter().map(square).chain(lines.clone()).collect();
        let front_squares = front.iter().map(|&index| square(&positions[index]));
        let front_only = front_squares.chain(lines).collect();
        let first_direction = (sign(chart.x_direction), -sign(chart.y_direction));
        Self {
            placers: [all, front_only, Vec::new()]
                .map(|taken| LabelPlacer::new(plot.area, taken, first_direction)),
            plot,
            points,
            positions,
            front,
        }
    }

    /// Writes the annotations, and names next to the points of the front. Returns whether all of
    /// them found a free position.
    pub(super) fn write_labels(&mut self, names: &[impl AsRef<str>]) -> bool {
        let mut labels: Vec<(usize, String)> = Vec::new();
        for (&index, name) in self.front.iter().zip(names) {
            let (name, annotation) = (name.as_ref(), &self.points[index].annotation);
            labels.push(match (name.is_empty(), annotation.is_empty()) {
                (_, true) => (index, name.to_owned()),
                (true, false) => (index, annotation.clone()),
                (false, false) => (index, format!("{name} ({annotation})")),
            });
        }
        for (index, point) in self.points.iter().enumerate() {
            let is_labelled = labels.iter().any(|&(labelled, _)| labelled == index);
            if !point.annotation.is_empty() && !is_labelled {
                labels.push((index, point.annotation.clone()));
            }
        }
        // The longest labels are the hardest to place.
        labels.sort_by_key(|(_, label)| std::cmp::Reverse(label.chars().count()));
        labels.into_iter().fold(true, |all, (index, label)| {
            let label = truncated(&label, FONT_SIZE, 2.0 * MAX_SHORT_NAME_WIDTH);
            self.write_label(self.positions[index], &label) && all
        })
    }

    /// Writes a label next to a point. Returns whether it found a free position.
    fn write_label(&mut self, (at, radius): (Point, f64), label: &str) -> bool {
        let size = (text_width(label, FONT_SIZE) + 2.0, FONT_SIZE + 1.0);
        let positions = self.placers.each_ref();
        let positions = positions.map(|placer| placer.find(at, radius, size));
        let Some(position) = positions.into_iter().flatten().next() else {
            return false;
        };
        for placer in &mut self.placers {
            placer.reserve(position);
        }
        let text = Text::vertically_centred(label.to_owned(), position.centre())
            .with_anchor(Anchor::Middle)
            .with_halo();
        self.plot.marks.push(Mark::Text(text));
        positions[0].is_some()
    }
}

/// A point of the plot.
struct PointMark<'a> {
    point: &'a ScatterPoint,
    at: Point,
    /// Radius of the point, in CSS pixels.
    radius: f64,
    /// Radius of the ring around an annotated point, in CSS pixels.
    outer_radius: f64,
    is_on_front: bool,
    has_tooltip: bool,
}

impl PointMark<'_> {
    /// Returns the point, with a ring if it is annotated.
    fn draw(&self, chart: &ParetoScatter) -> Mark {
        let outline = point_marker(chart, self.point).outline(&[self.at], self.radius);
        let paint = point_paint(chart, self.point, self.is_on_front);
        let mut marks = vec![Mark::shape(outline, paint)];
        if !self.point.annotation.is_empty() {
            let ring = Marker::Circle.outline(&[self.at], self.outer_radius);
            marks.push(Mark::shape(ring, Paint::stroke(Stroke::new(TEXT, 1.5))));
        }
        let tooltip = if self.has_tooltip {
            self.point.name.clone()
        } else {
            String::new()
        };
        Mark::Group { tooltip, marks }
    }
}

/// Returns 1 if more is better, otherwise −1.
fn sign(better: Direction) -> f64 {
    match better {
        Direction::Maximise => 1.0,
        Direction::Minimise => -1.0,
    }
}

/// Returns the border of the area that the front dominates in x and y, from edge to edge of the
/// plot.
fn front_border(chart: &ParetoScatter, front: &[Point], area: &Rectangle) -> Vec<Point> {
    // Points that are on the front for their size or their standard error are inside the area.
    let mut corners: Vec<Point> = Vec::new();
    for &point in front {
        let is_beyond = |last: &Point| match chart.y_direction {
            Direction::Maximise => point.y < last.y,
            Direction::Minimise => point.y > last.y,
        };
        if corners.last().is_none_or(is_beyond) {
            corners.push(point);
        }
    }
    let (Some(first), Some(last)) = (corners.first(), corners.last()) else {
        return Vec::new();
    };
    let worst_x = match chart.x_direction {
        Direction::Maximise => area.left,
        Direction::Minimise => area.right,
    };
    let worst_y = match chart.y_direction {
        Direction::Maximise => area.bottom,
        Direction::Minimise => area.top,
    };
    let mut steps = vec![Point::new(first.x, worst_y), *first];
    for pair in corners.windows(2) {
        steps.push(Point::new(pair[1].x, pair[0].y));
        steps.push(pair[1]);
    }
    steps.push(Point::new(worst_x, last.y));
    steps
}

/// Returns the bounding box of a line.
fn bounding_box(one: Point, two: Point) -> Rectangle {
    Rectangle::new(
        one.x.min(two.x) - 1.0,
        one.y.min(two.y) - 1.0,
        one.x.max(two.x) + 1.0,
        one.y.max(two.y) + 1.0,
    )
}
