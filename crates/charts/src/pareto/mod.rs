//! Two qualities that pull against each other, and the points that are best in both.

mod points;
mod scene;
mod sizes;

use crate::axis::Axis;
use statistics::Direction;

use crate::category::Categories;
use crate::chart::Chart;
use crate::drawing::Drawing;
use crate::legend::{Entry, Swatch};
use crate::page::without_data;
use crate::plot::{Layout, Plot};
use crate::scale::Span;
use crate::style::{Heading, Style};
use crate::text::{FONT_SIZE, width};
use scene::Scene;
use sizes::Sizes;

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
    pub x_better: Direction,
    /// Which values along y are the good ones.
    pub y_better: Direction,
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
    /// Gives the area where areas stand for something; without it a point is of middle size.
    pub size: f64,
    /// Gives the shape: an index into the names of `shapes`.
    pub shape: usize,
    /// Stands beside it, and rings it: "best". Empty for most points.
    pub mark: String,
}

/// Points of the front that the legend names.
const NAMED: usize = 20;
/// Names of this width stand beside their points if all find room, in CSS pixels.
const SHORT_NAME: f64 = 110.0;
/// Beyond the best point, as a share of the height.
const ROOM_BEYOND: f64 = 0.09;

impl ParetoScatter {
    /// The points that no other beats, from the best in x to the best in y, as indices.
    fn front(&self, shown: &[&ScatterPoint]) -> Vec<usize> {
        let values: Vec<[f64; 2]> = shown.iter().map(|point| [point.x, point.y]).collect();
        let objectives = [self.x_better, self.y_better];
        // Each point has both values: there is no error.
        let mut front = statistics::pareto_front(&objectives, &values).unwrap_or_default();
        let cost = |index: usize| self.x_better.cost(values[index][0]);
        front.sort_by(|&one, &other| cost(one).total_cmp(&cost(other)));
        front
    }
}

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
            Direction::Maximise => y.extended(0.0, ROOM_BEYOND),
            Direction::Minimise => y.extended(ROOM_BEYOND, 0.0),
        };
        let front = self.front(&shown);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(names: &[&str]) -> ParetoScatter {
        let point = |(index, name): (usize, &&str)| ScatterPoint {
            name: (*name).to_owned(),
            x: index as f64,
            y: (index as f64).sqrt(),
            mark: if index == 1 {
                "best".to_owned()
            } else {
                String::new()
            },
            ..ScatterPoint::default()
        };
        ParetoScatter {
            x_better: Direction::Minimise,
            y_better: Direction::Maximise,
            points: names.iter().enumerate().map(point).collect(),
            ..ParetoScatter::default()
        }
    }

    fn texts(chart: &ParetoScatter) -> Vec<String> {
        let drawing = chart.draw(&Style::default());
        let texts = drawing.texts();
        texts.iter().map(|text| text.label.plain.clone()).collect()
    }

    #[test]
    fn short_names_stand_beside_their_points() {
        let texts = texts(&chart(&["linear", "small", "large"]));
        for expected in ["linear", "small (best)", "large"] {
            assert!(texts.iter().any(|text| text == expected), "{texts:?}");
        }
    }

    #[test]
    fn long_names_stand_in_the_legend_and_numbers_beside_the_points() {
        let long = "layers=3-width=128-lr=0.01-cosine-weight_decay";
        let texts = texts(&chart(&["linear", long, "large"]));
        for expected in ["1", "2 (best)", "3", "linear", long, "large"] {
            assert!(texts.iter().any(|text| text == expected), "{texts:?}");
        }
    }

    #[test]
    fn points_without_a_place_are_left_out() {
        let mut chart = chart(&["linear", "small", "large"]);
        chart.x = Axis::log("time", "s");
        chart.points[2].y = f64::NAN;
        let texts = texts(&chart);
        assert!(texts.iter().any(|text| text == "small (best)"));
        assert!(!texts.iter().any(|text| text == "linear" || text == "large"));
    }

    #[test]
    fn twice_the_area_is_twice_the_size() {
        let points: Vec<ScatterPoint> = [100.0, 50.0, 1.0]
            .into_iter()
            .map(|size| ScatterPoint {
                size,
                ..ScatterPoint::default()
            })
            .collect();
        let points: Vec<&ScatterPoint> = points.iter().collect();
        let sizes = Sizes::new(Some(&Axis::linear("parameters", "")), &points);
        let area = |size: f64| sizes.radius(size).powi(2);
        assert!((area(100.0) / area(50.0) - 2.0).abs() < 1e-9);
        // The smallest are still seen.
        assert!(sizes.radius(0.0) > 2.0);
    }
}
