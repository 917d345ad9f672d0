//! Two qualities that pull against each other, and the points that are best in both.

use crate::axis::Axis;
use crate::better::{Better, pareto_front};
use crate::category::Categories;
use crate::chart::Chart;
use crate::colour::{AXIS, BLUE, Colour, DARK, VERMILION};
use crate::drawing::{Drawing, Mark, Outline, Paint, Stroke};
use crate::geometry::{Point, Rectangle};
use crate::legend::{Entry, Swatch};
use crate::look::Look;
use crate::marker::Marker;
use crate::page::without_data;
use crate::placement::Placement;
use crate::plot::{Layout, Plot};
use crate::scale::{Scale, Span};
use crate::style::{Heading, Style};
use crate::text::{Anchor, FONT_SIZE, Text, shortened, width};
use crate::ticks::ticks;

/// Points of two qualities, with the front of those that no other point beats in both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParetoScatter {
    /// Title and description.
    pub heading: Heading,
    /// The cost, mostly; may be logarithmic.
    pub x: Axis,
    /// The gain, mostly.
    pub y: Axis,
    /// Which values along x are the good ones.
    pub x_better: Better,
    /// Which values along y are the good ones.
    pub y_better: Better,
    /// In any order.
    pub points: Vec<ScatterPoint>,
    /// What the areas of points stand for.
    pub size: Option<Axis>,
    /// What the shapes of points stand for; without names all are circles.
    pub shapes: Categories,
    /// What the legend calls points on the front.
    pub front: String,
    /// What the legend calls all others.
    pub others: String,
}

/// A point. Without a finite x and y it is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScatterPoint {
    /// Stands beside it, or in the legend, when it is on the front.
    pub name: String,
    /// Along the horizontal axis.
    pub x: f64,
    /// Along the vertical axis.
    pub y: f64,
    /// Gives the area where areas stand for something.
    pub size: f64,
    /// Gives the shape: an index into the names of `shapes`.
    pub shape: usize,
    /// Stands beside it, and rings it: "best". Empty for most points.
    pub mark: String,
}

/// Radius of points whose area stands for nothing, in CSS pixels.
const RADIUS: f64 = 4.0;
/// Radius of the smallest and the largest points otherwise, in CSS pixels.
const SMALLEST: f64 = 2.5;
const LARGEST: f64 = 9.0;
/// From a point that is marked to its ring, in CSS pixels.
const RING: f64 = 4.0;
/// Points of the front that the legend names.
const NAMED: usize = 20;
/// Names of this width stand beside their points if all find room, in CSS pixels.
const SHORT_NAME: f64 = 110.0;
/// Beyond the best point, as a share of the height.
const ROOM_BEYOND: f64 = 0.06;
/// Points that tell their name when a pointer is held over them.
const WITH_NAMES: usize = 400;

impl Chart for ParetoScatter {
    fn draw(&self, style: &Style) -> Drawing {
        let shown: Vec<&ScatterPoint> = self
            .points
            .iter()
            .filter(|point| self.x.scale.shows(point.x) && self.y.scale.shows(point.y))
            .collect();
        let x = Span::around(self.x.scale, shown.iter().map(|point| point.x));
        let y = Span::around(self.y.scale, shown.iter().map(|point| point.y));
        let (Some(x), Some(y)) = (x, y) else {
            return without_data(&self.heading, style);
        };
        // Names of points on the front stand beyond it.
        let y = match self.y_better {
            Better::Higher => y.extended(0.0, ROOM_BEYOND),
            Better::Lower => y.extended(ROOM_BEYOND, 0.0),
        };
        let values: Vec<(f64, f64)> = shown.iter().map(|point| (point.x, point.y)).collect();
        let front = pareto_front(&values, self.x_better, self.y_better);
        let sizes = Sizes::new(self.size.as_ref(), &shown);
        let layout = |key: Vec<Entry>| Layout {
            heading: &self.heading,
            x: (&self.x, x),
            y: (&self.y, y),
            whole_x: false,
            legend: self.legend(&sizes, style).into_iter().chain(key).collect(),
            style,
        };
        let names: Vec<&str> = front
            .iter()
            .map(|&index| shown[index].name.as_str())
            .collect();
        let scene = |key| {
            let plot = Plot::new(layout(key));
            Scene::new(self, plot, &shown, &front, &sizes)
        };
        // Names beside the points where all of them find room; otherwise numbers, and the names
        // in the legend.
        let short = |name: &&str| width(name, FONT_SIZE) <= SHORT_NAME;
        if names.iter().all(short) {
            let mut scene = scene(Vec::new());
            if scene.write_names(&names) {
                return scene.plot.finished();
            }
        }
        let numbers: Vec<String> = (1..=names.len().min(NAMED))
            .map(|number| number.to_string())
            .collect();
        let mut scene = scene(key(&numbers, &names, style));
        scene.write_names(&numbers);
        scene.plot.finished()
    }
}

/// The names of the points on the front, by their numbers.
fn key(numbers: &[String], names: &[&str], style: &Style) -> Vec<Entry> {
    let entries = numbers.iter().zip(names);
    let more = names.len() - numbers.len();
    let more = (more > 0).then(|| Entry {
        swatch: Swatch::Nothing,
        text: style.and_more(more),
    });
    entries
        .map(|(number, name)| Entry {
            swatch: Swatch::Tag(number.clone()),
            text: (*name).to_owned(),
        })
        .chain(more)
        .collect()
}

impl ParetoScatter {
    fn has_shapes(&self) -> bool {
        !self.shapes.names.is_empty()
    }

    fn marker(&self, point: &ScatterPoint) -> Marker {
        match self.has_shapes() {
            true => Look::of_category(point.shape).marker,
            false => Marker::Circle,
        }
    }

    fn paint(&self, point: &ScatterPoint, is_on_front: bool) -> Paint {
        let colour = match (self.has_shapes(), is_on_front) {
            (true, _) => Look::of_category(point.shape).colour,
            (false, true) => VERMILION,
            (false, false) => BLUE,
        };
        paint(colour, is_on_front)
    }

    /// A point at its place, with a ring where it is marked.
    fn point(
        &self,
        point: &ScatterPoint,
        (at, outer): (Point, f64),
        sizes: &Sizes,
        is_on_front: bool,
        count: usize,
    ) -> Mark {
        let outline = self.marker(point).outline(&[at], sizes.radius(point.size));
        let shape = Mark::shape(outline, self.paint(point, is_on_front));
        let mut marks = vec![shape];
        if !point.mark.is_empty() {
            let ring = Marker::Circle.outline(&[at], outer);
            marks.push(Mark::shape(ring, Paint::stroke(Stroke::new(DARK, 1.5))));
        }
        let name = match count <= WITH_NAMES || is_on_front {
            true => point.name.clone(),
            false => String::new(),
        };
        Mark::Group { name, marks }
    }

    fn legend(&self, sizes: &Sizes, style: &Style) -> Vec<Entry> {
        let marker = |colour, is_on_front| Swatch::Marker {
            marker: Marker::Circle,
            radius: RADIUS,
            paint: paint(colour, is_on_front),
        };
        let (front, others) = match self.has_shapes() {
            true => (marker(AXIS, true), marker(AXIS, false)),
            false => (marker(VERMILION, true), marker(BLUE, false)),
        };
        let mut entries = Vec::new();
        for (swatch, text) in [(front, &self.front), (others, &self.others)] {
            if !text.is_empty() {
                entries.push(Entry {
                    swatch,
                    text: text.clone(),
                });
            }
        }
        if self.has_shapes() {
            entries.push(Entry {
                swatch: Swatch::Heading,
                text: self.shapes.caption(f64::INFINITY),
            });
        }
        let named = self.shapes.names.iter().take(NAMED).enumerate();
        entries.extend(named.map(|(index, name)| Entry {
            swatch: Swatch::Marker {
                marker: Look::of_category(index).marker,
                radius: RADIUS,
                paint: paint(Look::of_category(index).colour, false),
            },
            text: name.clone(),
        }));
        let more = self.shapes.names.len().saturating_sub(NAMED);
        if more > 0 {
            entries.push(Entry {
                swatch: Swatch::Nothing,
                text: style.and_more(more),
            });
        }
        entries.extend(sizes.legend(self.size.as_ref(), style));
        entries
    }
}

/// Points on the front are opaque and have a dark rim.
fn paint(colour: Colour, is_on_front: bool) -> Paint {
    match is_on_front {
        true => Paint::fill(colour).with_stroke(Stroke::new(DARK, 1.2)),
        false => {
            let rim = Stroke::new(colour, 0.8).translucent(0.8);
            Paint::translucent(colour, 0.3).with_stroke(rim)
        }
    }
}

/// How large points are.
struct Sizes {
    /// The least and the greatest size; nothing where areas stand for nothing.
    range: Option<(f64, f64)>,
}

impl Sizes {
    fn new(axis: Option<&Axis>, points: &[&ScatterPoint]) -> Self {
        let range = axis.and_then(|_| {
            let sizes = points.iter().map(|point| point.size);
            let shown = || sizes.clone().filter(|&size| Scale::Linear.shows(size));
            shown().next()?;
            // From zero, so that twice the area is twice the size; below zero areas just grow.
            let least = shown().fold(0.0, f64::min);
            Some((least, shown().fold(least, f64::max)))
        });
        Self { range }
    }

    fn radius(&self, size: f64) -> f64 {
        let Some((least, greatest)) = self.range else {
            return RADIUS;
        };
        if !Scale::Linear.shows(size) || greatest <= least {
            return RADIUS;
        }
        let share = ((size - least) / (greatest - least)).clamp(0.0, 1.0);
        (LARGEST * share.sqrt()).max(SMALLEST)
    }

    /// Points of three round sizes, below the name of what they stand for.
    fn legend(&self, axis: Option<&Axis>, style: &Style) -> Vec<Entry> {
        let (Some(axis), Some((least, greatest))) = (axis, self.range) else {
            return Vec::new();
        };
        let Some(span) = Span::exactly(Scale::Linear, [least, greatest]) else {
            return Vec::new();
        };
        let mut round = ticks(&span, 3, false, style.decimal);
        round.retain(|tick| tick.value != 0.0 && (least..=greatest).contains(&tick.value));
        let caption = Entry {
            swatch: Swatch::Heading,
            text: axis.caption(f64::INFINITY),
        };
        let samples = round.into_iter().map(|tick| Entry {
            swatch: Swatch::Marker {
                marker: Marker::Circle,
                radius: self.radius(tick.value),
                paint: paint(AXIS, false),
            },
            text: tick.label.in_one(),
        });
        std::iter::once(caption).chain(samples).collect()
    }
}

/// A plot with points, to which names are added.
struct Scene<'a> {
    plot: Plot<'a>,
    points: &'a [&'a ScatterPoint],
    /// Place and radius of each point.
    places: Vec<(Point, f64)>,
    front: &'a [usize],
    placement: Placement,
    /// The same without regard to points behind: where all is full, a name may cover them.
    crowded: Placement,
}

impl<'a> Scene<'a> {
    fn new(
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
        let taken = places.iter().map(square).chain(lines).collect();
        let front_alone = front.iter().map(|&index| square(&places[index])).collect();
        let beyond = (towards(chart.x_better), -towards(chart.y_better));
        Self {
            placement: Placement::new(plot.area, taken, beyond),
            crowded: Placement::new(plot.area, front_alone, beyond),
            plot,
            points,
            places,
            front,
        }
    }

    /// Writes what marked points are marked for, and names beside the points of the front;
    /// whether all of these found a place that is free.
    fn write_names(&mut self, names: &[impl AsRef<str>]) -> bool {
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
        let free = self.placement.find(at, radius, size);
        let Some(place) = free.or_else(|| self.crowded.find(at, radius, size)) else {
            return false;
        };
        self.placement.take(place);
        self.crowded.take(place);
        let text = Text::beside(tag.to_owned(), place.centre())
            .anchored(Anchor::Middle)
            .rimmed();
        self.plot.marks.push(Mark::Text(text));
        free.is_some()
    }
}

/// To the right where more is better.
fn towards(better: Better) -> f64 {
    match better {
        Better::Higher => 1.0,
        Better::Lower => -1.0,
    }
}

/// The border of what the front beats, from one end of the plot to another.
fn steps(chart: &ParetoScatter, front: &[Point], area: &Rectangle) -> Vec<Point> {
    let (Some(first), Some(last)) = (front.first(), front.last()) else {
        return Vec::new();
    };
    let worst_x = match chart.x_better {
        Better::Higher => area.left,
        Better::Lower => area.right,
    };
    let worst_y = match chart.y_better {
        Better::Higher => area.bottom,
        Better::Lower => area.top,
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
