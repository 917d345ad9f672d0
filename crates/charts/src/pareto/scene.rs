//! Points at their places, the border of the front, and names where they find room.

use super::sizes::Sizes;
use super::{ParetoScatter, SHORT_NAME, ScatterPoint};

use crate::colour::{DARK, VERMILION};
use crate::drawing::{Mark, Outline, Paint, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::placement::Placement;
use crate::plot::Plot;
use crate::text::{Anchor, FONT_SIZE, Text, shortened, width};
use statistics::Direction;

/// From a point that is marked to its ring, in CSS pixels.
const RING: f64 = 4.0;

/// A plot with points, to which names are added.
pub(super) struct Scene<'a> {
    pub(super) plot: Plot<'a>,
    points: &'a [&'a ScatterPoint],
    /// Place and radius of each point.
    places: Vec<(Point, f64)>,
    front: &'a [usize],
    /// Where names cover nothing; then, where all is full, points that are not on the front; and
    /// at last only no other names.
    placements: [Placement; 3],
}

impl<'a> Scene<'a> {
    pub(super) fn new(
        chart: &'a ParetoScatter,
        mut plot: Plot<'a>,
        points: &'a [&'a ScatterPoint],
        front: &'a [usize],
        sizes: &Sizes,
    ) -> Self {
        let places: Vec<(Point, f64)> = points
            .iter()
            .map(|point| {
                // Points that cannot be placed have been left out before.
                let at = plot.place(point.x, point.y).unwrap_or(plot.area.centre());
                let ring = if point.mark.is_empty() { 0.0 } else { RING };
                (at, sizes.radius(point.size) + ring)
            })
            .collect();
        let on_front: Vec<Point> = front.iter().map(|&index| places[index].0).collect();
        let steps = steps(chart, &on_front, &plot.area);

        let mut behind: Vec<usize> = (0..points.len()).filter(|i| !front.contains(i)).collect();
        // Small points are seen on large ones.
        behind.sort_by(|&one, &two| places[two].1.total_cmp(&places[one].1));
        let draw = |index: usize, is_on_front: bool| {
            chart.point(
                points[index],
                places[index],
                sizes,
                is_on_front,
                points.len(),
            )
        };
        plot.marks
            .extend(behind.iter().map(|&index| draw(index, false)));
        if steps.len() > 1 {
            let colour = if chart.has_shapes() { DARK } else { VERMILION };
            let paint = Paint::stroke(Stroke::new(colour, 1.6));
            plot.marks
                .push(Mark::shape(Outline::Lines(vec![steps.clone()]), paint));
        }
        plot.marks
            .extend(front.iter().map(|&index| draw(index, true)));

        let square = |&(at, radius): &(Point, f64)| Rectangle::around(at, radius);
        let lines = steps.windows(2).map(|ends| thin(ends[0], ends[1]));
        let all = places.iter().map(square).chain(lines.clone()).collect();
        let front_squares = front.iter().map(|&index| square(&places[index]));
        let front_alone = front_squares.chain(lines).collect();
        let beyond = (towards(chart.x_better), -towards(chart.y_better));
        Self {
            placements: [all, front_alone, Vec::new()]
                .map(|taken| Placement::new(plot.area, taken, beyond)),
            plot,
            points,
            places,
            front,
        }
    }

    /// Writes what marked points are marked for, and names beside the points of the front;
    /// whether all of these found a place that is free.
    pub(super) fn write_names(&mut self, names: &[impl AsRef<str>]) -> bool {
        let mut tags: Vec<(usize, String)> = Vec::new();
        for (&index, name) in self.front.iter().zip(names) {
            let (name, mark) = (name.as_ref(), &self.points[index].mark);
            tags.push(match (name.is_empty(), mark.is_empty()) {
                (_, true) => (index, name.to_owned()),
                (true, false) => (index, mark.clone()),
                (false, false) => (index, format!("{name} ({mark})")),
            });
        }
        for (index, point) in self.points.iter().enumerate() {
            let has_tag = tags.iter().any(|&(tagged, _)| tagged == index);
            if !point.mark.is_empty() && !has_tag {
                tags.push((index, point.mark.clone()));
            }
        }
        // The longest find room most hardly, and so come first.
        tags.sort_by_key(|(_, tag)| std::cmp::Reverse(tag.chars().count()));
        tags.into_iter().fold(true, |all, (index, tag)| {
            let tag = shortened(&tag, FONT_SIZE, 2.0 * SHORT_NAME);
            self.write(self.places[index], &tag) && all
        })
    }

    /// Writes a tag beside a point; whether it found a place that is free.
    fn write(&mut self, (at, radius): (Point, f64), tag: &str) -> bool {
        let size = (width(tag, FONT_SIZE) + 2.0, FONT_SIZE + 1.0);
        let places = self.placements.each_ref();
        let places = places.map(|placement| placement.find(at, radius, size));
        let Some(place) = places.into_iter().flatten().next() else {
            return false;
        };
        for placement in &mut self.placements {
            placement.take(place);
        }
        let text = Text::beside(tag.to_owned(), place.centre())
            .anchored(Anchor::Middle)
            .rimmed();
        self.plot.marks.push(Mark::Text(text));
        places[0].is_some()
    }
}

/// To the right where more is better.
fn towards(better: Direction) -> f64 {
    match better {
        Direction::Maximise => 1.0,
        Direction::Minimise => -1.0,
    }
}

/// The border of what the front beats, from one end of the plot to another.
fn steps(chart: &ParetoScatter, front: &[Point], area: &Rectangle) -> Vec<Point> {
    let (Some(first), Some(last)) = (front.first(), front.last()) else {
        return Vec::new();
    };
    let worst_x = match chart.x_better {
        Direction::Maximise => area.left,
        Direction::Minimise => area.right,
    };
    let worst_y = match chart.y_better {
        Direction::Maximise => area.bottom,
        Direction::Minimise => area.top,
    };
    let mut steps = vec![Point::new(first.x, worst_y), *first];
    for pair in front.windows(2) {
        steps.push(Point::new(pair[1].x, pair[0].y));
        steps.push(pair[1]);
    }
    steps.push(Point::new(worst_x, last.y));
    steps
}

/// The box of a line.
fn thin(one: Point, two: Point) -> Rectangle {
    Rectangle::new(
        one.x.min(two.x) - 1.0,
        one.y.min(two.y) - 1.0,
        one.x.max(two.x) + 1.0,
        one.y.max(two.y) + 1.0,
    )
}
